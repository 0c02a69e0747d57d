import type { Config } from './config.ts';
import { backUp } from './store/backup.ts';
import { storeFileIn } from './store/embedded.ts';

/**
 * Copies the configured store as it stands, whether or not a gateway works on it.
 *
 * @param to must not exist yet
 * @throws StoreError, one sentence for the operator
 */
export function backUpStore({ store }: Pick<Config, 'store'>, to: string): Promise<void> {
  return backUp(storeFileIn(store.directory), to);
}

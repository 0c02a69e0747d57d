import { Keyv } from 'keyv';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * Holds what the identity provider must remember of one kind of thing: spent client assertions, sign-ins under way, codes,
 * sessions. Nothing outlives the process; its tokens are signed and need no memory.
 */
export function callersMemory(): Adapter {
  const records = new Keyv<AdapterPayload>();
  const byUid = new Map<string, string>();
  const byGrant = new Map<string, Set<string>>();
  return {
    upsert: async (id, payload, expiresIn) => {
      await records.set(id, payload, expiresIn === undefined ? undefined : expiresIn * 1000);
      if (payload.uid !== undefined) byUid.set(payload.uid, id);
      if (payload.grantId !== undefined)
        byGrant.set(payload.grantId, (byGrant.get(payload.grantId) ?? new Set()).add(id));
    },
    find: (id) => records.get(id),
    findByUid: async (uid) => records.get(byUid.get(uid) ?? ''),
    // The device flow is off.
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const payload = await records.get(id);
      const left = payload?.exp === undefined ? undefined : Math.max(payload.exp * 1000 - Date.now(), 1);
      if (payload !== undefined) await records.set(id, { ...payload, consumed: Math.floor(Date.now() / 1000) }, left);
    },
    destroy: async (id) => {
      await records.delete(id);
    },
    revokeByGrantId: async (grantId) => {
      for (const id of byGrant.get(grantId) ?? []) await records.delete(id);
      byGrant.delete(grantId);
    },
  };
}

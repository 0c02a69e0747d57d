import type { FormEvent } from 'react';
import type { Person } from './session.ts';

/** What the bar shows and tells. */
export interface SignInBarProps {
  readonly person: Person | undefined;
  /** Whether `/` shows anything. */
  readonly hasGuide: boolean;
  /** For the person at the screen; empty: nothing. */
  readonly notice: string;
  /** Undefined: no issuer is configured. */
  readonly onSignIn: (() => void) | undefined;
  readonly onToken: (token: string) => void;
  readonly onSignOut: () => void;
}

/** Who is asking, and the two ways to become somebody: signing in, and a token. */
export function SignInBar({ hasGuide, person, notice, onSignIn, onToken, onSignOut }: SignInBarProps) {
  const enter = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    event.currentTarget.reset();
    if (typeof token === 'string' && token.trim() !== '') onToken(token.trim());
  };
  return (
    <header className="bar">
      <h1>{hasGuide ? <a href="/">Samtykkeporten</a> : 'Samtykkeporten'}</h1>
      <p className="notice" role="status">
        {notice}
      </p>
      {person === undefined ? (
        <>
          {onSignIn !== undefined && (
            <button type="button" className="main" onClick={onSignIn}>
              Sign in
            </button>
          )}
          <form onSubmit={enter} autoComplete="off">
            <label htmlFor="token">Token</label>
            <input id="token" name="token" type="password" autoComplete="off" spellCheck={false} />
            <button type="submit">Use token</button>
          </form>
        </>
      ) : (
        <>
          <p className="person">
            <strong>{person.name}</strong> {person.standing}
          </p>
          <button type="button" onClick={onSignOut}>
            Sign out
          </button>
        </>
      )}
    </header>
  );
}

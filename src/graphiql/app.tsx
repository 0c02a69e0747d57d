import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useRef, useState } from 'react';
import { contract } from './contract.ts';
import { memoryStorage } from './memory-storage.ts';
import type { PreparedTabs } from './prepared-tabs.ts';
import type { Person } from './session.ts';
import { meet } from './session.ts';
import type { Settings } from './settings.ts';
import { leaveToSignIn } from './sign-in.ts';
import { SignInBar } from './sign-in-bar.tsx';

/** What the page begins with. */
export interface AppProps {
  readonly settings: Settings;
  readonly prepared: PreparedTabs;
  /** Someone who has just come back from signing in. */
  readonly arrived: { readonly token: string; readonly person: Person } | undefined;
  readonly notice: string;
}

const NOBODY = { errors: [{ message: 'Sign in first, or use a token: see the top of the page.' }] };

/** GraphiQL with a bar that says who is asking. The token lives in this component and nowhere else. */
export function App({ settings: { signIn, sandbox }, prepared, arrived, notice: first }: AppProps) {
  const token = useRef(arrived?.token);
  const [person, setPerson] = useState(arrived?.person);
  const [notice, setNotice] = useState(first);

  const forget = (why: string) => {
    token.current = undefined;
    setPerson(undefined);
    setNotice(why);
  };
  const use = async (given: string) => {
    setNotice('Asking the gateway …');
    const met = await meet(given);
    if ('flaw' in met) return forget(met.flaw);
    token.current = given;
    setPerson(met);
    setNotice('');
  };
  const leave = async (to: NonNullable<typeof signIn>) => {
    const stayed = await leaveToSignIn(to);
    if (stayed !== undefined) setNotice(stayed.flaw);
  };

  // Made once: GraphiQL begins anew with each other object it is given.
  const [parts] = useState(() => ({
    schema: contract(),
    storage: memoryStorage(),
    plugins: [explorerPlugin()],
    fetcher: createGraphiQLFetcher({
      url: '/graphql',
      enableIncrementalDelivery: false,
      fetch: async (address: RequestInfo | URL, init?: RequestInit) => {
        if (token.current === undefined) return Response.json(NOBODY);
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${token.current}`);
        const response = await fetch(address, { ...init, headers });
        if (response.status === 401) forget('The token is not accepted any more. Sign in again.');
        return response;
      },
    }),
  }));
  const [tab] = prepared.tabs;

  return (
    <div className="page">
      <SignInBar
        hasGuide={sandbox !== null}
        person={person}
        notice={notice}
        onSignIn={signIn === null ? undefined : () => void leave(signIn)}
        onToken={(given) => void use(given)}
        onSignOut={() => forget('Signed out. The token is forgotten.')}
      />
      <main className="graphiql">
        <GraphiQL
          {...parts}
          defaultTabs={[...prepared.tabs]}
          initialQuery={tab?.query ?? ''}
          initialVariables={tab?.variables ?? ''}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          forcedTheme="light"
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </div>
  );
}

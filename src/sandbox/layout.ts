import { Eta } from 'eta';
import type { DoubleResponse } from './double.ts';

const eta = new Eta({ autoTrim: false });

const HEAD = `<!DOCTYPE html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %></title>
<link rel="icon" href="data:,">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #23262a }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #cfd3d8 }
a { color: #0056b4 }
.quiet { color: #595f69 }
</style>
</head>
<body>
<main>
<h1><%= it.title %></h1>
`;

const FOOT = `</main>
</body>
</html>
`;

/** What every page is told besides its own data. */
export interface PageData {
  readonly title: string;
  readonly language: 'nb' | 'en';
}

/**
 * A page of the sandbox, complete and without scripts or outside assets.
 *
 * @param template the body, in eta's notation; values are escaped, and attributes must be quoted
 */
export function htmlPage<Data extends PageData>(status: number, template: string, data: Data): DoubleResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: eta.renderString(`${HEAD}${template}${FOOT}`, data),
  };
}

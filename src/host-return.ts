import { createHash } from 'node:crypto';

const STYLE = `
body { margin: 0; background: #f2f4f7; color: #1b2733; font: 1.125rem/1.6 system-ui, "Segoe UI", "Noto Sans", Arial, sans-serif }
main { max-width: 40rem; margin: 3rem auto; padding: 2rem 1.25rem; background: #fff; border: 1px solid #cbd3db; border-radius: .5rem }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25; color: #0f2d4a }
p { margin: 0 0 1rem }
@media (max-width: 44rem) { main { margin: 1rem } }
`;

/**
 * What a person sees who comes back with a reference that leads nowhere, in bokmål, nynorsk and English. It tells nothing
 * about anyone, and so it is the same for every reference.
 */
export const NEUTRAL_PAGE = `<!doctype html>
<html lang="nb">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Her er det ingenting å vise – Samtykkeporten</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Her er det ingenting å vise</h1>
<p>Lenken er ikke i bruk. Gå tilbake til selskapet du kom fra; der ser du hvordan det gikk. Et svar du har gitt hos Altinn, står ved lag.</p>
<p lang="nn">Her er det ingenting å vise. Lenkja er ikkje i bruk. Gå tilbake til selskapet du kom frå; der ser du korleis det gjekk. Eit svar du har gitt hos Altinn, står ved lag.</p>
<p lang="en">There is nothing to show here. The link is not in use. Go back to the company you came from; there you can see how it went. An answer that you gave at Altinn stands.</p>
</main>
</body>
</html>
`;

/** The `content-security-policy` under which {@link NEUTRAL_PAGE} may use its own style and nothing else. */
export const NEUTRAL_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

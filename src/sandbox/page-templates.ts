import type { PageData } from './layout.ts';
import { pageTemplate } from './layout.ts';
import type { ShownConsent } from './page-consent.ts';
import type { MistakeText, NoticeText, Texts } from './page-texts.ts';

/** What every page of a citizen needs besides its own data. */
export interface PageFrame extends PageData {
  readonly texts: Texts;
  /** Name of whoever is logged in, or empty. */
  readonly viewer: string;
  readonly formToken: string;
  /** The consent request the visit is about, or empty. */
  readonly request: string;
  readonly paths: Readonly<Record<'login' | 'logout' | 'request' | 'active', string>>;
  /** Address of NAV's page of who has looked, or empty where there is none. */
  readonly looked: string;
}

/** A page with a form, and what was wrong when it was sent. */
interface FormFrame extends PageFrame {
  readonly mistake: MistakeText | null;
}

interface LoginPage extends FormFrame {
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

interface RequestPage extends FormFrame {
  readonly consent: ShownConsent;
}

interface ActivePage extends PageFrame {
  readonly consents: readonly ShownConsent[];
  /** Name of whoever a consent was just withdrawn from, or empty. */
  readonly withdrawnFrom: string;
}

interface NoticePage extends PageFrame {
  readonly notice: NoticeText;
  readonly next: 'switchPerson' | 'active' | 'none';
}

const TOKEN = `<input type="hidden" name="form_token" value="<%= it.formToken %>">`;
const TOKEN_AND_REQUEST = `${TOKEN}<input type="hidden" name="request" value="<%= it.request %>">`;

const ACCOUNT = `<% if (it.viewer) { %><div class="account"><div class="column">
<p><%= it.texts.account.loggedInAs %> <%= it.viewer %></p>
<div class="ways"><nav aria-label="<%= it.texts.account.pages %>"><a href="<%= it.paths.active %>"><%= it.texts.active.title %></a></nav>
<form method="post" action="<%= it.paths.logout %>">${TOKEN_AND_REQUEST}<button class="plain"><%= it.texts.account.switchPerson %></button></form></div>
</div></div>
<% } %>`;

const MISTAKE = `<% if (it.mistake) { %><div class="notice error" role="alert"><h2><%= it.mistake.title %></h2>
<p><a href="#answer"><%= it.mistake.text %></a></p></div>
<% } %>`;

const LOOKED = `<% if (it.looked) { %><p><a href="<%= it.looked %>"><%= it.texts.looked %></a></p>
<% } %>`;

const LOGIN = `${MISTAKE}<p class="lead"><%= it.texts.login.lead %></p>
<form method="post" action="<%= it.paths.login %>">
${TOKEN_AND_REQUEST}
<fieldset id="answer" tabindex="-1">
<legend><%= it.texts.login.choose %></legend>
<ul class="people">
<% it.people.forEach((person) => { %><li><button name="person" value="<%= person.id %>"><%= person.name %></button></li>
<% }) %></ul>
</fieldset>
</form>
`;

const REQUEST = `${MISTAKE}<p class="lead"><strong><%= it.consent.asker %></strong> <%= it.texts.request.asks %></p>
<% if (it.consent.message) { %><figure>
<figcaption><%= it.texts.request.messageFrom %> <%= it.consent.asker %></figcaption>
<blockquote lang="<%= it.consent.message.language %>"><%= it.consent.message.text %></blockquote>
</figure>
<% } %><h2><%= it.texts.request.contents %></h2>
<% it.consent.rights.forEach((right) => { %><p><strong><%= right.title %></strong></p>
<% if (right.contents.length > 0) { %><ul class="plainlist">
<% right.contents.forEach((content) => { %><li><%= content %></li>
<% }) %></ul>
<% } %><% if (right.details.length > 0) { %><dl>
<% right.details.forEach((detail) => { %><dt><%= detail.name %></dt><dd><%= detail.value %></dd>
<% }) %></dl>
<% } %><% }) %><h2><%= it.texts.request.about %></h2>
<dl>
<dt><%= it.texts.request.who %></dt><dd><%= it.consent.asker %>, <%= it.texts.request.organisationNumber %> <%= it.consent.askerNumber %></dd>
<% if (it.consent.handler) { %><dt><%= it.texts.request.handler %></dt><dd><%= it.consent.handler %></dd>
<% } %><dt><%= it.texts.request.lasts %></dt><dd><%= it.consent.validTo %></dd>
</dl>
<h2><%= it.texts.request.rights %></h2>
<ul class="plainlist">
<% it.texts.request.points.forEach((point) => { %><li><%= point %></li>
<% }) %></ul>
${LOOKED}<form method="post" action="<%= it.paths.request %>">
${TOKEN_AND_REQUEST}
<fieldset id="answer" tabindex="-1">
<legend><%= it.texts.request.answer %></legend>
<div class="choices">
<button class="main" name="answer" value="approve"><%= it.texts.request.approve %></button>
<button name="answer" value="decline"><%= it.texts.request.decline %></button>
</div>
</fieldset>
</form>
`;

const ACTIVE = `<% if (it.withdrawnFrom) { %><div class="notice success" role="status"><h2><%= it.texts.active.withdrawn %></h2>
<p><%= it.withdrawnFrom %> <%= it.texts.active.withdrawnEffect %></p></div>
<% } %><p class="lead"><% if (it.consents.length === 0) { %><%= it.texts.active.none %><% } else { %><%= it.texts.active.lead %><% } %></p>
${LOOKED}<% if (it.consents.length > 0) { %><ul class="entries">
<% it.consents.forEach((consent) => { %><li>
<h2><%= consent.asker %></h2>
<dl>
<dt><%= it.texts.active.status %></dt><dd><span class="state <%= consent.status %>"><%= it.texts.active.statuses[consent.status] %></span></dd>
<% consent.rights.forEach((right) => { %><dt><%= it.texts.consent.subject %></dt><dd><%= right.title %></dd>
<% right.details.forEach((detail) => { %><dt><%= detail.name %></dt><dd><%= detail.value %></dd>
<% }) %><% }) %><dt><%= it.texts.active.lasts %></dt><dd><%= consent.validTo %></dd>
</dl>
<% if (consent.offer === 'withdraw') { %><form method="post" action="<%= it.paths.active %>">
${TOKEN}<input type="hidden" name="request" value="<%= consent.id %>">
<button aria-label="<%= it.texts.active.withdraw %> <%= it.texts.active.withdrawFrom %> <%= consent.asker %>, <%= consent.terms %>"><%= it.texts.active.withdraw %></button>
</form>
<% } else if (consent.offer === 'answer') { %><p><a href="<%= it.paths.request %>?id=<%= consent.id %>" aria-label="<%= it.texts.active.answer %> <%= it.texts.active.answerTo %> <%= consent.asker %>, <%= consent.terms %>"><%= it.texts.active.answer %></a></p>
<% } %></li>
<% }) %></ul>
<% } %>`;

const NOTICE = `<p class="lead"><%= it.notice.text %></p>
<p><%= it.notice.advice %></p>
<% if (it.viewer && it.next === 'switchPerson') { %><form method="post" action="<%= it.paths.logout %>">${TOKEN_AND_REQUEST}<button class="main"><%= it.texts.account.switchPerson %></button></form>
<% } else if (it.next === 'active') { %><p><a href="<%= it.paths.active %>"><%= it.texts.active.title %></a></p>
<% } %>`;

/** The citizen's pages, each with the data it cannot do without. */
export const PAGES = {
  login: pageTemplate<LoginPage>(LOGIN, { account: ACCOUNT }),
  request: pageTemplate<RequestPage>(REQUEST, { account: ACCOUNT }),
  active: pageTemplate<ActivePage>(ACTIVE, { account: ACCOUNT }),
  notice: pageTemplate<NoticePage>(NOTICE, { account: ACCOUNT }),
};

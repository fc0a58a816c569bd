// The page of a one-time link: a password is chosen, or another link is asked for.
import { ask } from './api.js';
import { header, languages, say } from './language.js';

const $ = id => document.getElementById(id);
const PARTS = ['dead', 'waits', 'set', 'done', 'ask', 'sent'];
// Where a refusal is shown, by the last part of its path.
const FIELDS = { password: 'first', new: 'first', openingCode: 'code', login: 'login' };
const KINDS = [/\p{Nd}/u, /\p{Lu}/u, /\p{Ll}/u, /[^\p{Nd}\p{Lu}\p{Ll}]/u];

let token = ''; // in no address, no storage and no log from the first moment on
let link = null;
let rules = null;
let minutes = 0;
let present = ['ask'];

function taken() {
  const found = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return found;
}

// One thing at a time; its heading is read out, unless nothing was pressed yet.
function shown(...parts) {
  present = parts;
  for (const part of PARTS) $(part).hidden = !parts.includes(part);
  const heading = $(parts[0]).querySelector('h1');
  document.title = `${heading.textContent} · 继教 jijiao`;
  heading.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function told(field, sentences) {
  const lines = sentences.map(sentence => {
    const line = document.createElement('span');
    line.textContent = sentence;
    return line;
  });
  $(field === 'form' ? 'problem' : `${field}-problem`).replaceChildren(...lines);
  if (field !== 'form') $(field).setAttribute('aria-invalid', String(sentences.length > 0));
}

function clear(...fields) {
  for (const field of fields) told(field, []);
}

function refuse(problems, fields) {
  const places = problems.map(({ path }) => FIELDS[path?.at(-1)] ?? 'form');
  for (const field of [...fields, 'form']) {
    told(field, problems.filter((_, at) => places[at] === field).map(each => each.message));
  }
  fields.find(field => places.includes(field) && ($(field).focus(), true));
}

function met(password) {
  const kinds = KINDS.filter(kind => kind.test(password)).length;
  const known = [[...password].length >= rules.shortest];
  return rules.kinds ? [...known, kinds >= rules.kinds] : known;
}

function ruled() {
  const known = met($('first').value);
  $('rules').replaceChildren(...rules.sentences.map((sentence, at) => {
    const line = document.createElement('li');
    line.textContent = sentence;
    if (!known[at]) return line;
    const heard = document.createElement('span');
    heard.textContent = say('（已满足）', ' (met)');
    heard.className = 'unseen';
    line.className = 'met';
    line.append(heard);
    return line;
  }));
}

async function begin() {
  if (!token) return shown('ask');
  const { data, errors } = await ask('PasswordLink', { token });
  rules = data?.passwordRules ?? rules;
  link = data?.passwordLink ?? null;
  if (!link) return dead(errors?.[0].message);
  if (link.waits) return shown('waits');
  $('whose').textContent = $('username').value = $('own').textContent = link.login;
  $('until').textContent = new Intl.DateTimeFormat(header(), { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Shanghai' })
    .format(new Date(link.expiresAt));
  $('code-field').hidden = !link.codeNeeded;
  $('app').hidden = !link.appNeeded;
  ruled();
  shown('set');
}

function dead(sentence) {
  $('why').textContent = sentence ?? say('链接不正确、已使用或已过期。', 'It is wrong, was used already, or is too old.');
  shown('dead', 'ask');
}

async function set() {
  const [first, second] = [$('first').value, $('second').value];
  const fields = link.codeNeeded ? ['code', 'first', 'second'] : ['first', 'second'];
  clear(...fields, 'form');
  if (first !== second) {
    told('second', [say('两次输入的密码不一致。', 'The two are not the same.')]);
    return $('second').focus();
  }
  const invited = link.kind === 'INVITATION';
  const { data, errors } = invited
    ? await ask('RedeemInvitation', { token, password: first, openingCode: $('code').value })
    : await ask('ResetPassword', { token, new: first });
  const answer = Object.values(data ?? {})[0] ?? errors[0];
  const problems = answer.problems ?? (answer.message ? [answer] : []);
  if (problems.some(each => each.path?.at(-1) === 'token')) return dead(problems[0].message);
  if (problems.length) return refuse(problems, fields);
  token = $('first').value = $('second').value = $('code').value = '';
  $('ended').hidden = invited;
  shown('done');
}

async function letter() {
  clear('login');
  const login = $('login').value.trim();
  if (!login) {
    told('login', [say('请填写登录名。', 'Please fill in your login.')]);
    return $('login').focus();
  }
  const { data, errors } = await ask('RequestPasswordReset', { login });
  const answer = data?.requestPasswordReset ?? errors[0];
  if (answer.message) return told('login', [answer.message]);
  ({ minutes } = answer);
  sent();
  shown('sent');
}

function sent() {
  $('way').textContent = say(`若该登录名已登记手机或邮箱，链接已经发出，${minutes} 分钟内一次有效。`,
    `If this login has a telephone or mail address, a link is on its way, good once and for ${minutes} minutes.`);
}

// Whatever takes time says so, happens once, and never ends in silence.
function pressed(form, place, act) {
  const button = form.querySelector('button');
  return async event => {
    event.preventDefault();
    if (button.getAttribute('aria-busy')) return;
    button.setAttribute('aria-busy', 'true');
    try {
      await act();
    } catch {
      told(place, [say('暂时无法连接，请稍后再试。', 'There is no connection now; please try again.')]);
    } finally {
      button.removeAttribute('aria-busy');
    }
  };
}

async function opened() {
  try {
    await begin();
  } catch {
    dead(say('暂时无法连接，请重新打开链接。', 'There is no connection now; please open the link again.'));
  }
}

$('set').addEventListener('submit', pressed($('set'), 'form', set));
$('ask').addEventListener('submit', pressed($('ask'), 'login', letter));
$('again').addEventListener('click', opened);
$('first').addEventListener('input', ruled);
$('show').addEventListener('change', ({ target }) => {
  $('first').type = $('second').type = target.checked ? 'text' : 'password';
});
addEventListener('hashchange', () => {
  if (location.hash) { token = taken(); opened(); }
});
languages($('language'), async () => {
  clear('code', 'first', 'second', 'login', 'form');
  if (token) return opened();
  sent();
  shown(...present);
});
token = taken();
opened();

// The landing page: what this is, sign in, choose a seat, see what waits, go on to the workbench.
import { ask } from './api.js';
import { arrive, arriving, busy } from './arriving.js';
import { languages, say } from './language.js';
import { CROWDS, STORIES, TYPES } from './people.js';

const $ = id => document.getElementById(id);

function element(name, content, className = '') {
  const made = document.createElement(name);
  made.className = className;
  made.append(...[content].flat());
  return made;
}

function choice(title, small, chosen) {
  const button = element('button', [title, element('small', small)], 'choice');
  button.type = 'button';
  button.onclick = chosen;
  return button;
}

async function signIn(seat = {}) {
  const password = $('password').value;
  const { data, errors } = await ask('SignIn', { login: $('login').value, password, code: $('code').value, ...seat });
  const result = data?.signIn ?? errors[0];
  $('problem').textContent = result.message ?? '';
  if (result.code === 'CODE_REQUIRED') $('code-field').hidden = false;
  if (result.code?.startsWith('CODE_')) $('code').select();
  $('seats').replaceChildren(...(result.seats ?? []).map(seat =>
    choice(seat.organisation ?? say('个人', 'Myself'), say(...TYPES[seat.userType]), () => signIn({ seatId: seat.id }))));
  if (result.seats) $('seats').firstChild.focus();
  if (result.__typename === 'SignInPayload') {
    $('password').value = $('code').value = '';
    $('code-field').hidden = true;
    await show(password);
  }
  scrollTo({ top: 0, behavior: 'smooth' });
}

async function show(password = '') {
  const viewer = (await ask('Viewer')).data?.viewer;
  $('signed-in').hidden = !viewer || !!viewer.lacks;
  $('sign-in').hidden = !!viewer;
  $('seats').replaceChildren();
  await arrive(viewer?.lacks, viewer?.login, password);
  if (!viewer || viewer.lacks) return;
  const { seat, seats, person } = viewer;
  const staff = seat.userType !== 'PERSON';
  $('who').textContent = person.name;
  const groups = seat.groups.map(group => group.name);
  $('seat').textContent = [seat.organisation?.name, say(...TYPES[seat.userType]), ...groups].filter(Boolean).join(' · ');
  $('workbench').hidden = !staff;
  $('hint').hidden = staff;
  $('hint').textContent = say('查询工作台仅供工作人员使用；个人的操作见 /operations.json。',
    'The workbench is for staff; the operations of a person are in /operations.json.');
  const others = seats.filter(each => each.id !== seat.id);
  $('other-seats').replaceChildren(...others.map(each =>
    choice(say('切换身份', 'Change the seat'), each.organisation?.name ?? say(...TYPES.PERSON),
      async () => { await ask('ChooseSeat', { seatId: each.id }); await show(); })));
  const officer = seat.userType.endsWith('_ADMIN'); // they do no business, so nothing of it waits
  $('figures').replaceChildren(...officer ? [] : await (staff ? waiting() : years()));
}

const figure = (term, value, mark = '') => element('div', [element('dt', term), element('dd', value, mark)]);

async function waiting() {
  const groups = (await ask('ToDo')).data?.todoGroups ?? [];
  if (!groups.length) return [figure(say('待办事项', 'To do'), '0')];
  return groups.map(group => figure([group.business.name, group.step?.name].filter(Boolean).join(' — '),
    `${group.count}`, group.overdue ? 'bad' : ''));
}

async function years() {
  const results = (await ask('YearlyTotals')).data?.viewer.person.annualResults ?? [];
  return results.slice(0, 4).map(each => {
    const passed = each.verdict === 'PASS';
    const verdict = passed ? say('通过', 'pass') : say('不通过', 'fail');
    return figure(say(`${each.year} 年`, `${each.year}`),
      `${each.totalHours} ${say('学时', 'h')} · ${verdict}`, passed ? 'good' : 'bad');
  });
}

async function demo() {
  const answer = await fetch('/demo.json');
  if (!answer.ok) return;
  const { password, people } = await answer.json();
  $('try').hidden = people.length === 0;
  const told = people.filter(person => person.login in STORIES);
  $('people').replaceChildren(...CROWDS.flatMap(([title, types]) => {
    const crowd = told.filter(person => types.includes(person.as));
    return crowd.length ? [element('h3', say(...title)), element('div', crowd.map(person => card(person, password)), 'people')] : [];
  }));
}

function card(person, password) {
  const button = choice(person.name, say(...STORIES[person.login]), () => {
    $('login').value = person.login;
    $('password').value = password;
    signIn({ userType: person.as.toUpperCase() }); // many have a seat of their own beside it
  });
  button.prepend(element('code', person.login));
  if (person.at) button.append(element('small', person.at, 'place'));
  return button;
}

$('curl').textContent = [
  'TOKEN=$(.venv/bin/python . token handler)',
  `curl -s ${location.origin}/graphql -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
  `  -d '{"query": "{ viewer { login person { name } } todoGroups { business { name } count } }"}'`,
].join('\n');
arriving(async sentence => { await show(); $('problem').textContent = sentence; });
$('sign-in').addEventListener('submit', event => { event.preventDefault(); signIn(); });
$('sign-out').addEventListener('click', async () => { await ask('SignOut'); await show(); });
languages($('language'), () => { if (!busy()) show(); demo(); });
show();
demo();

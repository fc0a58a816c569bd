// The landing page: sign in, choose a seat, see what waits, go on to GraphiQL.
// It sends the documents of this release by their id: in production nothing else is accepted.
const $ = id => document.getElementById(id);
let english = false;

const documents = fetch('/operations.json').then(answer => answer.json());

async function ask(name, variables) {
  const { documentId } = (await documents).find(each => each.name === name);
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Accept-Language': english ? 'en' : 'zh-CN',
      'X-Jijiao-Client': 'landing',
    },
    body: JSON.stringify({ documentId, variables }),
  });
  return answer.json();
}

function choice(title, small, chosen) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'choice';
  button.textContent = title;
  const line = document.createElement('small');
  line.textContent = small;
  button.append(line);
  button.onclick = chosen;
  return button;
}

async function signIn(seatId) {
  const given = { login: $('login').value, password: $('password').value, seatId };
  const { data, errors } = await ask('SignIn', given);
  const result = data ? data.signIn : errors[0];
  $('problem').textContent = result.message || '';
  $('seats').replaceChildren(...(result.seats || []).map(
    seat => choice(seat.organisation || (english ? 'Myself' : '个人'), seat.userType, () => signIn(seat.id))));
  if (result.__typename === 'SignInPayload') await show();
}

async function show() {
  const { data } = await ask('Viewer');
  const viewer = data && data.viewer;
  $('signed-in').hidden = !viewer;
  $('sign-in').hidden = !!viewer;
  if (!viewer) return;
  const { seat, person } = viewer;
  $('who').textContent = person.name;
  const names = [...seat.groups, ...seat.may].map(word => word.name);
  $('seat').textContent = [seat.organisation && seat.organisation.name, ...new Set(names)].filter(Boolean).join(' · ');
  const groups = (await ask('ToDo')).data.todoGroups;
  $('todo').replaceChildren(...groups.map(group => {
    const line = document.createElement('li');
    line.textContent = `${group.business.name}—${group.step ? group.step.name : ''}（${group.count}）`;
    return line;
  }));
}

async function demo() {
  const answer = await fetch('/demo.json');
  if (!answer.ok) return;
  const { password, people } = await answer.json();
  $('demo').hidden = people.length === 0;
  $('people').replaceChildren(...people.map(person => choice(
    person.name, [person.login, person.at].filter(Boolean).join(' · '), () => {
      $('login').value = person.login;
      $('password').value = password;
      signIn();
    })));
}

function translate() {
  english = !english;
  document.documentElement.lang = english ? 'en' : 'zh-CN';
  $('language').textContent = english ? '中文' : 'English';
  for (const element of document.querySelectorAll('[data-en]')) {
    [element.textContent, element.dataset.en] = [element.dataset.en, element.textContent];
  }
  show();
}

$('sign-in').addEventListener('submit', event => { event.preventDefault(); signIn(); });
$('sign-out').addEventListener('click', async () => { await ask('SignOut'); await show(); });
$('language').addEventListener('click', translate);
show();
demo();

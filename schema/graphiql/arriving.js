// Who has come through the door and no further: enrols an app, or replaces an old password.
import { ask } from './api.js';
import { say } from './language.js';

const $ = id => document.getElementById(id);
const FORMS = ['enrol', 'again', 'renew', 'kept'];

function shown(form) {
  for (const each of FORMS) $(each).hidden = each !== form;
  $(form).querySelector('h2').focus();
}

const answerOf = ({ data, errors }) => Object.values(data ?? {})[0] ?? errors[0];
const sentence = answer => (answer.problems ?? [answer]).map(each => each.message ?? '').join(' ');

// While something is typed or shown here, nothing else takes its place.
export const busy = () => !$('arriving').hidden;

// The password that was typed a moment ago begins the enrolment without being asked for again.
export async function arrive(lack, login, password) {
  for (const field of document.querySelectorAll('.own-login')) field.value = login ?? '';
  $('arriving').hidden = !lack;
  if (lack === 'SECOND_FACTOR') await (password ? begin(password) : shown('again'));
  if (lack === 'PASSWORD') {
    $('old').value = password;
    const { sentences } = answerOf(await ask('PasswordRules'));
    $('renew-rules').replaceChildren(...sentences.map(each => listed(each)));
    shown('renew');
  }
}

function listed(text) {
  const line = document.createElement('li');
  line.textContent = text;
  return line;
}

async function begin(password) {
  const answer = answerOf(await ask('BeginSecondFactor', { password }));
  $('again-problem').textContent = sentence(answer);
  if (!answer.picture) return shown('again');
  $('own-password').value = '';
  $('picture').src = `data:image/svg+xml,${encodeURIComponent(answer.picture)}`;
  $('picture').alt = say('二维码：内容与下面的密钥相同', 'QR code of the secret below');
  $('secret').textContent = answer.secret;
  shown('enrol');
  $('first-code').focus();
}

async function confirm() {
  const answer = answerOf(await ask('ConfirmSecondFactor', { code: $('first-code').value }));
  $('enrol-problem').textContent = sentence(answer);
  if (!answer.codes) return $('first-code').select();
  $('picture').src = $('secret').textContent = $('first-code').value = '';
  $('codes').replaceChildren(...answer.codes.map(each => listed(each)));
  shown('kept');
}

async function renew() {
  const [current, fresh] = [$('old').value, $('new').value];
  if (fresh !== $('same').value) {
    $('renew-problem').textContent = say('两次输入的新密码不一致。', 'The new passwords are not the same.');
    return false;
  }
  const answer = answerOf(await ask('ChangePassword', { current, new: fresh }));
  $('renew-problem').textContent = sentence(answer);
  if (answer.message || answer.problems) return false;
  for (const field of ['old', 'new', 'same']) $(field).value = '';
  return true;
}

// `over` is called once nothing is lacking, or he has to sign in again.
export function arriving(over) {
  const on = (form, act) => $(form).addEventListener('submit', event => { event.preventDefault(); act(); });
  on('enrol', confirm);
  on('again', () => begin($('own-password').value));
  on('renew', async () => { if (await renew()) over(say('密码已更换，请用新密码登录。', 'Changed: please sign in with the new one.')); });
  on('kept', () => { $('codes').replaceChildren(); over(''); });
  $('leave').addEventListener('click', async () => { await ask('SignOut'); over(''); });
}

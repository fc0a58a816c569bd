// The reader's language: Chinese unless he chose English; all pages remember it.
const KEY = 'jijiao:language';
let chosen = localStorage.getItem(KEY) === 'en';

export const english = () => chosen;
export const header = () => (chosen ? 'en' : 'zh-CN');
export const say = (chinese, inEnglish) => (chosen ? inEnglish : chinese);

// The pages are written in Chinese; what an element says in English stands beside it.
function translate() {
  document.documentElement.lang = header();
  for (const element of document.querySelectorAll('[data-en]')) {
    element.dataset.zh ??= element.textContent;
    element.textContent = chosen ? element.dataset.en : element.dataset.zh;
  }
}

export function languages(button, changed = () => {}) {
  button.addEventListener('click', () => {
    chosen = !chosen;
    localStorage.setItem(KEY, chosen ? 'en' : 'zh');
    translate();
    changed();
  });
  translate();
}

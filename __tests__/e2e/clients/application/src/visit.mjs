/* global addEventListener, document, history, location, MutationObserver, sessionStorage */

/** What a visitor does. Each function but the last ends with a page that is loaded or shown again. */
const steps = [
  async () => {
    await report('deep link', await shown('User'));
    continueWith(1);
    location.reload();
  },
  async () => {
    await report('reload', await shown('User'));
    document.querySelector('#profile').click();
    await report('link', await shown('User @jane.doe'));
    history.back();
    await report('back', await shown('User 1/2'));
    continueWith(2);
    location.assign('./a%2F%2Fb/v1.2');
  },
  async () => {
    await report('another document', await shown('User'));
    continueWith(3);
    history.back();
  },
  async () => {
    await report('back to the first document', await shown('User 1/2'));
    await fetch('/deploy', { method: 'POST' });
    const missing = new Promise((resolve) => {
      addEventListener('vite:preloadError', (event) => {
        event.preventDefault();
        resolve(event.payload.message.match(/\S+\.js/)?.[0]);
      });
    });
    document.querySelector('#about').click();
    const { status, headers } = await fetch(await missing);
    await report(
      'missing script',
      `${status} ${headers.get('Content-Type')} ${headers.get('Cache-Control')}`,
    );
    continueWith(4);
    location.reload();
  },
  async () => {
    await report('after the deploy', await shown('About'));
  },
];

export async function visit() {
  try {
    await steps[Number(sessionStorage.getItem('step') ?? 0)]();
  } catch (error) {
    await report('error', String(error));
  }
}

function continueWith(step) {
  sessionStorage.setItem('step', String(step));
}

/** Resolves with the text of the heading as soon as it starts with a text. */
function shown(start) {
  return new Promise((resolve) => {
    function check() {
      const text = document.querySelector('h1')?.textContent ?? '';
      if (text.startsWith(start)) resolve(text);
    }
    new MutationObserver(check).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
    check();
  });
}

function report(step, text) {
  return fetch('/report', { method: 'POST', body: JSON.stringify({ step, path: location.pathname, text }) });
}

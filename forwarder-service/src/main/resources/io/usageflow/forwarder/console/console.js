// Asks a page again while it changes, and takes keys. Every page works without this.
'use strict';
(() => {
  const KEYS = [
    ['/', 'search'],
    ['j', 'next row'],
    ['k', 'row before'],
    ['?', 'this list'],
  ];
  let staleSince = null;

  // The same button or field of the new content has the focus that the old one had.
  const keepFocus = (replace) => {
    const before = document.activeElement;
    const name = before && before.closest('main') ? before.getAttribute('name') || before.getAttribute('href') : null;
    replace();
    if (name) {
      const after = [...document.querySelectorAll('main [name], main [href]')]
        .find((each) => (each.getAttribute('name') || each.getAttribute('href')) === name);
      if (after) {
        after.focus();
      }
    }
  };

  const show = (fresh) => keepFocus(() => {
    for (const part of ['main', 'footer']) {
      const now = document.querySelector(part);
      const next = fresh.querySelector(part);
      if (now && next) {
        now.replaceWith(document.adoptNode(next));
      }
    }
  });

  const stale = () => {
    staleSince = staleSince || new Date().toISOString().slice(0, 19).replace('T', ' ');
    const asOf = document.getElementById('as-of');
    if (asOf) {
      asOf.textContent = 'The forwarder does not answer: this page is stale since ' + staleSince + ' UTC.';
      asOf.className = 'note';
    }
  };

  const refresh = async () => {
    const typing = document.activeElement && document.activeElement.matches('main input, main select');
    if (!document.hidden && !typing) {
      try {
        const answer = await fetch(location.href, { cache: 'no-store' });
        if (answer.redirected) {
          location.reload();
          return;
        }
        show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
        staleSince = null;
      } catch (unanswered) {
        stale();
      }
    }
    schedule();
  };

  const schedule = () => {
    const main = document.querySelector('main[data-refresh]');
    if (main) {
      setTimeout(refresh, 1000 * Number(main.dataset.refresh));
    }
  };

  const search = () => {
    const box = document.querySelector('main input[type=search], main input[name=account]');
    if (box) {
      box.focus();
    } else {
      location.assign('find');
    }
  };

  const row = (step) => {
    const links = [...document.querySelectorAll('tbody tr')].map((each) => each.querySelector('a')).filter(Boolean);
    if (links.length > 0) {
      const at = links.findIndex((each) => each.closest('tr').contains(document.activeElement));
      links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))].focus();
    }
  };

  const help = () => {
    let dialog = document.querySelector('dialog');
    if (!dialog) {
      dialog = document.createElement('dialog');
      dialog.setAttribute('aria-label', 'Keys');
      const list = document.createElement('dl');
      list.className = 'facts';
      for (const [key, meaning] of KEYS) {
        const line = document.createElement('div');
        line.append(Object.assign(document.createElement('dt'), { textContent: key }));
        line.append(Object.assign(document.createElement('dd'), { textContent: meaning }));
        list.append(line);
      }
      const close = Object.assign(document.createElement('button'), { textContent: 'Close' });
      close.addEventListener('click', () => dialog.close());
      dialog.append(list, close);
      document.body.append(dialog);
    }
    dialog.showModal();
  };

  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, select, textarea, dialog');
    if (typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const act = { '/': search, j: () => row(1), k: () => row(-1), '?': help }[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  schedule();
})();

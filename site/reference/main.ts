import '../style.css';
import '../components/embed-dialog.css';
import './reference.css';
import { sendForm } from './send.ts';

/** The script of the API reference: opens the operation that the address names, and sends the forms. */

function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}

openNamed();
addEventListener('hashchange', openNamed);
for (const details of document.querySelectorAll<HTMLDetailsElement>('details.operation')) {
  details.addEventListener('toggle', () => {
    if (details.open) history.replaceState(null, '', `#${details.id}`);
  });
}
document.addEventListener('submit', (event) => {
  if (!(event.target instanceof HTMLFormElement)) return;
  event.preventDefault();
  void sendForm(event.target);
});

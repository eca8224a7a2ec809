/**
 * Repeats what a reader entered before the script was there, now that it listens. Some browsers also restore such
 * input when a page is loaded again.
 */
export function repeatEarlyInput(root: Element): void {
  for (const control of root.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
    'input, select',
  )) {
    if (!isChanged(control)) continue;
    for (const type of ['input', 'change']) {
      control.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
}

/** Whether a control has another value than in the HTML. */
export function isChanged(control: HTMLInputElement | HTMLSelectElement): boolean {
  if (control instanceof HTMLInputElement) {
    const { type, checked, defaultChecked, value, defaultValue } = control;
    // A radio button that is no longer checked follows the one that is.
    if (type === 'radio') return checked && !defaultChecked;
    // Without an attribute, the value of a checkbox is "on", and its default is empty.
    return type === 'checkbox' ? checked !== defaultChecked : value !== defaultValue;
  }
  const options = [...control.options];
  const initial = Math.max(
    0,
    options.findIndex(({ defaultSelected }) => defaultSelected),
  );
  return control.selectedIndex !== initial;
}

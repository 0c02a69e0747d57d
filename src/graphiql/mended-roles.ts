/**
 * Mends what keeps GraphiQL from being used by ear, as long as the page lives: it calls a whole row of buttons one tab, so
 * that a screen reader takes its buttons for text, and the explorer has lists without a name. The button that opens a tab
 * then says itself whether it is the open one.
 */
export function keepRolesMended(root: HTMLElement): void {
  const mend = () => {
    for (const list of root.querySelectorAll('.graphiql-tabs[role]')) list.removeAttribute('role');
    for (const row of root.querySelectorAll('.graphiql-tab')) {
      row.removeAttribute('role');
      row.removeAttribute('aria-selected');
      const isOpen = String(row.classList.contains('graphiql-tab-active'));
      const button = row.querySelector('.graphiql-tab-button');
      if (button?.getAttribute('aria-current') !== isOpen) button?.setAttribute('aria-current', isOpen);
    }
    for (const choice of root.querySelectorAll('.graphiql-explorer-root select:not([aria-label])')) {
      choice.setAttribute('aria-label', 'Kind of operation');
    }
  };
  new MutationObserver(mend).observe(root, {
    subtree: true,
    childList: true,
    attributeFilter: ['role', 'aria-selected', 'class'],
  });
}

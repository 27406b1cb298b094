// What walk.py runs in a page. Each is read by its name.

// Whether no control has come or gone for a while.
function still() {
  const now = document.querySelectorAll('a[href],button,input,select,textarea,[tabindex]').length;
  const told = (window.__still ??= { count: -1, since: 0 });
  if (told.count !== now) Object.assign(told, { count: now, since: performance.now() });
  return performance.now() - told.since > 400;
}

// Listen to the focus, and keep each stop that shows no difference when it loses it.
function watch() {
  const looks = (one) => {
    const above = [one.parentElement, one.parentElement?.parentElement, one.parentElement?.parentElement?.parentElement];
    const near = [one, ...above, ...(one.parentElement?.children ?? []), ...one.querySelectorAll('*')].slice(0, 24);
    return near.filter(Boolean).map((each) => ['', '::before', '::after'].map((part) => {
      const style = getComputedStyle(each, part || null);
      return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderTopColor, style.borderTopWidth,
              style.backgroundColor, style.content, style.textDecorationLine, style.opacity].join(' ');
    }).join('|')).join('||');
  };
  const name = (one) => {
    const said = one.getAttribute('aria-label') || one.textContent || one.getAttribute('placeholder') || '';
    return `${one.tagName.toLowerCase()}${one.getAttribute('role') ? '[' + one.getAttribute('role') + ']' : ''} ${said.trim().slice(0, 60)}`;
  };
  const walk = window.__walk = { stops: [], unseen: [], seen: new Set(), laps: 0, last: null, name };
  walk.listen = (event) => {
    const one = event.target;
    if (walk.last && !walk.last.again && walk.last.one.type !== 'range' && walk.last.one.isConnected && walk.last.how === looks(walk.last.one)) walk.unseen.push(name(walk.last.one));
    const again = walk.seen.has(one);
    walk.laps += again ? 1 : 0;
    walk.last = { one, how: looks(one), again };
    if (!again) walk.stops.push(one);
    walk.seen.add(one);
  };
  document.addEventListener('focusin', walk.listen);
  document.activeElement?.blur?.();
}

// What got the focus, what did not, and what came out of order.
function report() {
  const walk = window.__walk;
  document.removeEventListener('focusin', walk.listen);
  const wanted = 'a[href],button,input,select,textarea,summary,[tabindex],[role=button],[role=link],[role=menuitem],[role=tab],[role=checkbox],[role=switch],[role=slider],[role=option]';
  const hidden = (one) => one.closest('[aria-hidden=true],[inert],[hidden]') !== null || one.disabled || one.getAttribute('aria-disabled') === 'true'
    || !one.checkVisibility({ checkVisibilityCSS: true }) || one.getBoundingClientRect().width === 0 || one.type === 'file';
  const group = (one) => one.type === 'radio' && one.name
    ? document.querySelectorAll(`input[type=radio][name="${CSS.escape(one.name)}"]`)
    : one.closest('[role=tablist],[role=menu],[role=radiogroup],[role=toolbar],[role=listbox],[role=tree],[role=grid]')?.querySelectorAll(wanted);
  const missed = [...document.querySelectorAll(wanted)].filter((one) => {
    if (walk.seen.has(one) || hidden(one)) return false;
    if (one.matches('[tabindex="-1"]') && !one.matches('a[href],button,input,[role]')) return false;
    if (one.matches('[data-arrows] [tabindex="-1"]') && [...one.closest('[data-arrows]').querySelectorAll('[tabindex="0"]')].some((each) => walk.seen.has(each))) return false;
    if (one.matches('[role=listbox][tabindex="-1"],[role=menu][tabindex="-1"]')) return false;
    if ([...(group(one) ?? [])].some((each) => walk.seen.has(each))) return false;
    return true;
  }).map(walk.name);
  const disorder = [];
  walk.stops.forEach((one, at) => {
    if (one.tabIndex > 0) disorder.push('positive tabindex: ' + walk.name(one));
    const before = walk.stops[at - 1];
    if (before?.isConnected && one.isConnected && (before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) && !before.contains(one)) disorder.push(`${walk.name(one)} comes after ${walk.name(before)}`);
  });
  return { stops: walk.stops.map(walk.name), missed, unseen: walk.unseen, disorder };
}

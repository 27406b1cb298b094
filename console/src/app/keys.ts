/** Keys that work on any page. None does while the user writes. */
import { useEffect, useRef } from "react";
import { shown } from "@/app/navigation";
import { go } from "@/app/router";

export const SHORTCUTS: readonly (readonly [string, string])[] = [
  ["/", "Find: the page's filter, else everything"],
  ["Ctrl+K", "Find anything"],
  ["?", "These keys"],
  ["j, k", "Next and previous record of a table"],
  ["x", "Choose the record, or let it go"],
  ["v", "Preview the record beside the table"],
  ["c", "Compare the chosen runs"],
  ["[, ]", "Previous and next page; on a run's page, run"],
  ["Enter", "Open the record"],
  ["←, →", "On a chart: the point before, the next; with Shift, ten on"],
  ["+, -, 0", "On a chart: closer, wider, all of it"],
];

const OFF = "trialbook-keys-off";

/** Whether the keys that are single characters do anything: who speaks to the computer may turn them off. */
export function keysAreOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

export function turnKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

export type Keys = Readonly<Record<string, () => void>>;

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A menu or a list goes to the entry that begins with the letter.
  if (target.closest("[role=menu], [role=listbox], [role=combobox], [role=slider]") !== null || target.getAttribute("aria-expanded") === "true" && target.getAttribute("aria-haspopup") !== null) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type);
}

/** Whether a key is for something else: for what is written, for a dialog, or for nobody. */
function isTaken(event: KeyboardEvent): boolean {
  return event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || !keysAreOn() || isWriting(event.target) || [...document.querySelectorAll("[role=dialog]")].some((one) => one.checkVisibility());
}

/** Listen to keys while a component is shown; the map may change between renders. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (isTaken(event)) return;
      const deed = latest.current[event.key];
      if (deed === undefined) return;
      event.preventDefault();
      deed();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** `g` and a letter goes to a page. */
export function useGoKeys(): void {
  const armed = useRef(0);
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (isTaken(event)) return;
      const before = performance.now() - armed.current < 1_500;
      armed.current = event.key === "g" ? performance.now() : Number.NEGATIVE_INFINITY;
      const entry = before ? shown().flat().find((one) => one.key === event.key) : undefined;
      if (entry === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      go(`#/${entry.page}`);
    }
    armed.current = Number.NEGATIVE_INFINITY;
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  }, []);
}

/** Put the cursor where records are sought: in the page's own filter, else in the box for everything. */
export function focusFind(): void {
  const own = document.querySelector<HTMLElement>("[data-find] input");
  (own ?? document.querySelector<HTMLElement>("#anything input"))?.focus();
}

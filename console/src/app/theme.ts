/** Light or dark, compact or not: the system's wish until the user says otherwise, which this browser remembers. */
import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

const TURNED = "trialbook-theme";
const MODE = "trialbook-mode";
const DENSITY = "trialbook-density";

export function isDark(): boolean {
  return (localStorage.getItem(MODE) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

export function isCompact(): boolean {
  return localStorage.getItem(DENSITY) === "compact";
}

export function apply(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light);
  applyDensity(isCompact() ? Density.Compact : Density.Comfortable);
}

/** Follow the system when it changes its mode, as some do at night. */
export function followSystem(): () => void {
  const wish = matchMedia("(prefers-color-scheme: dark)");
  const turn = (): void => {
    apply();
    window.dispatchEvent(new Event(TURNED));
  };
  wish.addEventListener("change", turn);
  return () => wish.removeEventListener("change", turn);
}

/** Whether the page is dark, now and after each change. */
export function useDark(): boolean {
  return useSyncExternalStore(onTheme, isDark);
}

function onTheme(listener: () => void): () => void {
  window.addEventListener(TURNED, listener);
  return () => window.removeEventListener(TURNED, listener);
}

export function setDark(dark: boolean): void {
  localStorage.setItem(MODE, dark ? "dark" : "light");
  apply();
  window.dispatchEvent(new Event(TURNED));
}

export function setCompact(compact: boolean): void {
  localStorage.setItem(DENSITY, compact ? "compact" : "comfortable");
  apply();
}

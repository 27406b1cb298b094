/** Keys that walk through the rows of a table: the focus goes from name to name, so Enter opens the record. */
import { useKeys } from "@/app/keys";
import { go } from "@/app/router";

function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row] a")];
}

function step(by: number): void {
  const all = links();
  const at = all.findIndex((one) => one === document.activeElement);
  all[Math.min(all.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))]?.focus();
}

function current(): string | undefined {
  return document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset["row"];
}

interface Deeds {
  /** Choose the row of this ARN, or let it go. */
  readonly toggle: (arn: string) => void;
  readonly compare: () => string | undefined;
  readonly preview: (arn: string) => void;
  readonly turn: (by: number) => void;
}

export function useRowKeys({ toggle, compare, preview, turn }: Deeds): void {
  const onCurrent = (deed: (arn: string) => void) => () => {
    const arn = current();
    if (arn !== undefined) deed(arn);
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    x: onCurrent(toggle),
    v: onCurrent(preview),
    c: () => {
      const href = compare();
      if (href !== undefined) go(href);
    },
    "]": () => turn(1),
    "[": () => turn(-1),
  });
}

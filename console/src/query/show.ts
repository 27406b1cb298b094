/** Values as a table shows them. */
import type { Cell, Type } from "@/api/own";

const NUMBERS = new Set(["NaN", "Infinity", "-Infinity"]);
const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Six significant digits, as people compare metrics; whole numbers whole, up to 15 digits. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(4).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(6)));
}

/** A time in this browser's zone, from epoch seconds. */
export function showTime(seconds: number): string {
  return Number.isFinite(seconds) ? TIME.format(new Date(seconds * 1000)) : "–";
}

/** How long something took or takes, in seconds. */
export function showDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function show(value: Cell | undefined, type: Type | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return type === "time" ? showTime(value) : showNumber(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : value.map((one) => show(one, type)).join(", ");
}

export function isNumeric(value: Cell | undefined): boolean {
  return typeof value === "number" || (typeof value === "string" && NUMBERS.has(value));
}

/** The last part of a property, as a column's head: `Metrics.validation:auc.max` is `validation:auc.max`. */
export function shortName(property: string): string {
  const dot = property.indexOf(".");
  return dot < 0 ? property : property.slice(dot + 1);
}

/** The Markdown that notes are written in, read into blocks. What is no Markdown stays as it is; HTML is text. */

export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "deleted"; readonly inside: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly inside: readonly Inline[] };

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly inside: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "quote"; readonly inside: readonly Block[] }
  | { readonly kind: "table"; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: "rule" };

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function blocks(source: string): Block[] {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const made: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (line.trim() === "") at += 1;
    else if (line.startsWith("```")) {
      const end = lines.findIndex((one, place) => place > at && one.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      made.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (heading !== null) {
      made.push({ kind: "heading", level: heading[1]!.length, inside: inline(heading[2]!) });
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      made.push({ kind: "rule" });
      at += 1;
    } else if (line.startsWith(">")) {
      const part = taken(lines, at, (one) => one.startsWith(">"));
      made.push({ kind: "quote", inside: blocks(part.map((one) => one.replace(/^>\s?/, "")).join("\n")) });
      at += part.length;
    } else if (ITEM.test(line)) {
      const part = taken(lines, at, (one) => ITEM.test(one) || /^\s+\S/.test(one));
      made.push({ kind: "list", ordered: ITEM.exec(line)![1] !== undefined, items: itemsOf(part).map(inline) });
      at += part.length;
    } else if (line.includes("|") && TABLE_LINE.test(lines[at + 1] ?? "") && lines[at + 1]!.includes("-")) {
      const part = taken(lines, at, (one) => one.includes("|"));
      const [head, , ...rows] = part.map((one) => cellsOf(one).map(inline));
      made.push({ kind: "table", head: head!, rows });
      at += part.length;
    } else {
      const part = taken(lines, at, (one, first) => first || (one.trim() !== "" && !/^(#{1,6}\s|```|>)/.test(one) && !ITEM.test(one)));
      made.push({ kind: "paragraph", inside: inline(part.join("\n")) });
      at += part.length;
    }
  }
  return made;
}

function taken(lines: readonly string[], from: number, test: (line: string, first: boolean) => boolean): string[] {
  let end = from;
  while (end < lines.length && test(lines[end]!, end === from)) end += 1;
  return lines.slice(from, Math.max(end, from + 1));
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item === null) items[items.length - 1] += `\n${line.trim()}`;
    else items.push(item[2]!);
  }
  return items;
}

function cellsOf(line: string): string[] {
  return line.trim().replace(/^\|/, "").replace(/\|$/, "").split("|").map((one) => one.trim());
}

const MARK = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|(?<![\w*])\*(?!\s)([^*]+?)\*|(?<!\w)_(?!\s)([^_]+?)_(?!\w)|\[([^\]]+)\]\(([^\s)]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/s;

export function inline(source: string): Inline[] {
  const made: Inline[] = [];
  let rest = source;
  while (rest !== "") {
    const found = MARK.exec(rest);
    if (found === null) break;
    if (found.index > 0) made.push({ kind: "text", text: rest.slice(0, found.index) });
    const [whole, , code, strong, strong2, deleted, emphasis, emphasis2, label, href, address] = found;
    if (code !== undefined) made.push({ kind: "code", text: code });
    else if ((strong ?? strong2) !== undefined) made.push({ kind: "strong", inside: inline(strong ?? strong2!) });
    else if (deleted !== undefined) made.push({ kind: "deleted", inside: inline(deleted) });
    else if ((emphasis ?? emphasis2) !== undefined) made.push({ kind: "emphasis", inside: inline(emphasis ?? emphasis2!) });
    else if (address !== undefined) made.push({ kind: "link", href: address, inside: [{ kind: "text", text: address }] });
    else if (isSafe(href!)) made.push({ kind: "link", href: href!, inside: inline(label!) });
    else made.push({ kind: "text", text: whole });
    rest = rest.slice(found.index + whole.length);
  }
  if (rest !== "") made.push({ kind: "text", text: rest });
  return made;
}

/** Links lead to the web, a mail or a page of the console; never to a script. */
export function isSafe(href: string): boolean {
  return /^(https?:\/\/|mailto:|#\/)/i.test(href);
}

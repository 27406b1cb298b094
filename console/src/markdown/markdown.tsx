/** Markdown as elements: no HTML is ever made of what a user wrote. */
import { createElement, type ReactNode } from "react";
import { blocks, type Block, type Inline } from "@/markdown/blocks";
import "./markdown.css";

export function Markdown({ source }: { readonly source: string }) {
  return <div className="markdown">{blocks(source).map(shown)}</div>;
}

function shown(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case "heading":
      // The page's own headings come first.
      return createElement(`h${Math.min(block.level + 2, 6)}`, { key }, inside(block.inside));
    case "paragraph":
      return <p key={key}>{inside(block.inside)}</p>;
    case "code":
      return <pre key={key} className="mono" tabIndex={0}>{block.text}</pre>;
    case "list":
      return createElement(block.ordered ? "ol" : "ul", { key }, block.items.map((item, at) => <li key={at}>{inside(item)}</li>));
    case "quote":
      return <blockquote key={key}>{block.inside.map(shown)}</blockquote>;
    case "rule":
      return <hr key={key} />;
    case "table":
      return (
        <table key={key} className="figures">
          <thead>
            <tr>{block.head.map((cell, at) => <th key={at} scope="col">{inside(cell)}</th>)}</tr>
          </thead>
          <tbody>
            {block.rows.map((row, at) => (
              <tr key={at}>{row.map((cell, column) => <td key={column}>{inside(cell)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      );
  }
}

function inside(parts: readonly Inline[]): ReactNode[] {
  return parts.map((part, key) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "code":
        return <code key={key} className="mono">{part.text}</code>;
      case "strong":
        return <strong key={key}>{inside(part.inside)}</strong>;
      case "emphasis":
        return <em key={key}>{inside(part.inside)}</em>;
      case "deleted":
        return <del key={key}>{inside(part.inside)}</del>;
      case "link":
        return (
          <a key={key} href={part.href} {...(part.href.startsWith("#") ? {} : { target: "_blank", rel: "noopener noreferrer" })}>
            {inside(part.inside)}
          </a>
        );
    }
  });
}

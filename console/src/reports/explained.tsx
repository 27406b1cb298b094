/** What a bias metric asks, and how to read it: from the registry of metrics itself. */
import Link from "@cloudscape-design/components/link";
import type { BiasMetric } from "@/api/reports";
import { written } from "@/reports/figures";

const TITLES: readonly (readonly [string, string])[] = [
  ["Formula", "Formula"],
  ["Above", "A greater value"],
  ["Below", "A smaller value"],
  ["Ours", "How it is computed here"],
];

export function Explained({ metric }: { readonly metric: BiasMetric }) {
  const [idea, ...rest] = metric.text.split(/\n\s*\n/);
  const ideal = metric.lines["One"] ?? metric.lines["Zero"];
  const source = metric.lines["Source"];
  return (
    <dl className="report-lines">
      <dt>Key idea</dt>
      <dd>{idea}</dd>
      {rest.length > 0 && (
        <>
          <dt>Understanding this metric</dt>
          {rest.map((one) => <dd key={one}>{one}</dd>)}
        </>
      )}
      <dt>Range</dt>
      <dd>From {written(metric.low)} to {written(metric.high)}. {metric.lines["Range"]?.replace(/^[[(].*?[\])]\s*/, "")}</dd>
      {ideal !== undefined && (
        <>
          <dt>{metric.ideal} is ideal</dt>
          <dd>{capital(ideal)}</dd>
        </>
      )}
      {TITLES.map(([name, title]) => {
        const line = metric.lines[name];
        return line === undefined ? null : (
          <div key={name}>
            <dt>{title}</dt>
            <dd className={name === "Formula" ? "mono" : undefined}>{name === "Formula" ? line : capital(line)}</dd>
          </div>
        );
      })}
      {source !== undefined && (
        <>
          <dt>Want to learn more</dt>
          <dd><Link external href={source}>The definition in the SageMaker developer guide</Link></dd>
        </>
      )}
    </dl>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

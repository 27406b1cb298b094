/** What uses a record, as links: said before it is deleted. */
import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";
import { table } from "@/api/own";
import { pageOf } from "@/records/kinds";

const MOST = 10;

interface Props {
  /** The search's word for the kind of what uses it. */
  readonly resource: string;
  /** The property that names the record. */
  readonly property: string;
  readonly name: string;
  /** What becomes of them. */
  readonly fate: string;
}

export function UsersOf({ resource, property, name, fate }: Props) {
  const where = `${property} = ${JSON.stringify(name)}`;
  // A property that no record has yet is an error of the search: then nothing uses it.
  const found = useQuery({ queryKey: ["table", resource, where, "users"], queryFn: ({ signal }) => table({ resource, where, columns: [], limit: MOST }, signal).catch(() => undefined), staleTime: 0 });
  const names = found.data?.names ?? [];
  const total = found.data?.total ?? 0;
  if (total === 0) return null;
  const { word, href } = pageOf(resource);
  return (
    <div>
      {total === 1 ? `The ${word} ` : `The ${word}s `}
      {names.map((one, at) => (
        <span key={one}>{at > 0 && ", "}<Link href={href(one, found.data?.arns[at] ?? "")}>{one}</Link></span>
      ))}
      {total > names.length && ` and ${(total - names.length).toLocaleString()} more`} {total === 1 ? "uses" : "use"} it: {fate}
    </div>
  );
}

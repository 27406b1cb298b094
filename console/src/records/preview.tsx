/** One record beside the table: every property that it has, in groups. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useQuery } from "@tanstack/react-query";
import { matrix, properties } from "@/api/own";
import { link } from "@/app/router";
import { Facts } from "@/parts/facts";
import { Loaded } from "@/parts/loaded";
import { quotedName } from "@/query/filter";
import { shortName, show } from "@/query/show";
import type { Kind } from "@/records/kinds";

const MOST = 500;

export default function Preview({ kind, name, arn }: { readonly kind: Kind; readonly name: string; readonly arn: string }) {
  const found = useQuery({
    queryKey: ["preview", kind.resource, arn],
    queryFn: async ({ signal }) => {
      const where = `${quotedName(kind.arn)} = ${JSON.stringify(arn)}`;
      const known = await properties(kind.resource, "", MOST, where, signal);
      const answer = await matrix({ resource: kind.resource, where, columns: known.map((one) => one.name), limit: 1 }, signal);
      const groups = new Map<string, { label: string; value: string }[]>();
      for (const one of known) {
        const value = show(answer.columns[one.name]?.[0], answer.types[one.name]);
        if (value === "" || one.name === kind.arn) continue;
        const group = one.group === "" ? "Record" : one.group;
        (groups.get(group) ?? groups.set(group, []).get(group)!).push({ label: one.group === "" ? one.name : shortName(one.name), value });
      }
      return [...groups];
    },
  });
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" href={kind.href(name, arn)}>Open</Button>
        <Button href={link(["lineage"], { arn })}>Lineage</Button>
      </SpaceBetween>
      <Loaded of={found}>
        {(groups) => (
          <SpaceBetween size="s">
            {groups.map(([group, facts]) => (
              <ExpandableSection key={group} headerText={`${group} (${facts.length})`} defaultExpanded={!group.endsWith("By") && group !== "InputArtifacts"}>
                <Facts items={facts} columns={2} />
              </ExpandableSection>
            ))}
            {groups.length === 0 && <Box>It has no properties.</Box>}
          </SpaceBetween>
        )}
      </Loaded>
    </SpaceBetween>
  );
}

/** The bar on top: name, one box for everything, account and region, settings. */
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { signOut, type Session } from "@/api/session";
import { FindAnything } from "@/app/find-anything";
import { chooseRegion, useRegion } from "@/app/region";
import { go } from "@/app/router";
import { isCompact, isDark, setCompact, setDark } from "@/app/theme";

interface Props {
  readonly session: Session | undefined;
  readonly signedOut: () => void;
  readonly help: () => void;
}

export function TopBar({ session, signedOut, help }: Props) {
  const [, redraw] = useState(0);
  const queries = useQueryClient();
  const chosen = useRegion();
  const here = chosen ?? session?.region ?? "";
  const place = session === undefined ? "" : `${session.account} / ${here}`;
  // The one that is shown is among them, though the store may hold nothing of it: it can be left.
  const regions = session === undefined ? [] : [...new Set([...session.regions, session.region, here])].toSorted();

  const utilities: TopNavigationProps.Utility[] = [
    regions.length > 1
      ? {
          type: "menu-dropdown",
          text: place,
          ariaLabel: `Region: ${here}`,
          items: regions.map((one) => ({ id: one, text: one, ...(one === here ? { iconName: "check" as const } : {}) })),
          onItemClick: ({ detail }) => {
            go("#/search");
            queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
            chooseRegion(detail.id);
          },
        }
      : { type: "button", text: place, href: "#/about" },
    {
      type: "menu-dropdown",
      iconName: "settings",
      ariaLabel: "Settings",
      items: [
        { id: "mode", text: isDark() ? "Light mode" : "Dark mode" },
        { id: "density", text: isCompact() ? "Comfortable density" : "Compact density" },
        { id: "keys", text: "Keys" },
        { id: "out", text: "Sign out" },
      ],
      onItemClick: ({ detail }) => {
        if (detail.id === "mode") setDark(!isDark());
        if (detail.id === "density") setCompact(!isCompact());
        if (detail.id === "keys") help();
        if (detail.id === "out") void signOut().then(signedOut);
        redraw((count) => count + 1);
      },
    },
  ];
  // Made anew when another region is chosen, but not when the session comes: somebody may be typing already.
  return <TopNavigation identity={{ href: "#/search", title: "Trialbook" }} search={<FindAnything key={chosen ?? ""} />} utilities={utilities} />;
}

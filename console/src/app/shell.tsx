/** The frame around every page: top bar, side navigation, what the connection says, the page itself. */
import AppLayout from "@cloudscape-design/components/app-layout";
import Box from "@cloudscape-design/components/box";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import Spinner from "@cloudscape-design/components/spinner";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { watch } from "@/api/client";
import { signOut, useSession } from "@/api/session";
import { home, pages } from "@/app/routes";
import { useLocation } from "@/app/router";
import { SignIn } from "@/app/sign-in";
import { apply, isCompact, isDark, setCompact, setDark } from "@/app/theme";

const NAVIGATION = [
  { type: "link", text: "Search", href: "#/search" },
  { type: "divider" },
  { type: "link", text: "About", href: "#/about" },
] as const;

export function Shell() {
  const location = useLocation();
  const session = useSession();
  const queries = useQueryClient();
  const [signedOut, setSignedOut] = useState(false);
  const [reachable, setReachable] = useState(true);
  const [upgraded, setUpgraded] = useState(false);
  const [open, setOpen] = useState(true);
  const [, redraw] = useState(0);

  useEffect(apply, []);
  useEffect(
    () =>
      watch((fact) => {
        if (fact === "signed-out") setSignedOut(true);
        if (fact === "upgraded") setUpgraded(true);
        if (fact === "unreachable") setReachable(false);
        if (fact === "reachable") setReachable(true);
      }),
    [],
  );

  const page = location.path[0] ?? home;
  const Page = pages[page];
  const notices: FlashbarProps.MessageDefinition[] = [];
  if (!reachable) {
    notices.push({ type: "warning", id: "unreachable", content: "The server does not answer. What is shown may be old; it is tried again.", loading: true });
  }
  if (upgraded) {
    notices.push({ type: "info", id: "upgraded", content: "The server was upgraded: reload the page to use the new console." });
  }
  if (signedOut || session.data?.signedIn === false || page === "sign-in") {
    return <SignIn because={location.params.get("because")} done={() => { setSignedOut(false); void queries.invalidateQueries(); }} />;
  }
  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{ href: "#/search", title: "Trialbook" }}
          utilities={[
            { type: "button", text: session.data === undefined ? "" : `${session.data.account} / ${session.data.region}` },
            {
              type: "menu-dropdown",
              iconName: "settings",
              ariaLabel: "Settings",
              items: [
                { id: "mode", text: isDark() ? "Light mode" : "Dark mode" },
                { id: "density", text: isCompact() ? "Comfortable density" : "Compact density" },
                { id: "out", text: "Sign out" },
              ],
              onItemClick: ({ detail }) => {
                if (detail.id === "mode") setDark(!isDark());
                if (detail.id === "density") setCompact(!isCompact());
                if (detail.id === "out") void signOut().then(() => setSignedOut(true));
                redraw((count) => count + 1);
              },
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        ariaLabels={{
          navigation: "Pages",
          navigationClose: "Close the list of pages",
          navigationToggle: "Open the list of pages",
          notifications: "Notices",
        }}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={<SideNavigation activeHref={`#/${page}`} header={{ text: "Trialbook", href: "#/search" }} items={[...NAVIGATION]} />}
        notifications={<Flashbar items={notices} />}
        toolsHide
        content={
          <Suspense fallback={<Spinner size="large" />}>
            {Page === undefined ? (
              <Box variant="h1">There is no page “{page}”.</Box>
            ) : (
              <Page rest={location.path.slice(1)} params={location.params} />
            )}
          </Suspense>
        }
      />
    </>
  );
}

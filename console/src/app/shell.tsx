/** The frame around every page: top bar, side navigation, what the connection says, the page itself. */
import "@/app/frame.css";
import AppLayout from "@cloudscape-design/components/app-layout";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useEffect, useState } from "react";
import { useConnection } from "@/app/connection";
import { focusFind, useGoKeys, useKeys } from "@/app/keys";
import { crumbs, homeOf, sideItems } from "@/app/navigation";
import { useNotices } from "@/app/notices";
import { useRegion } from "@/app/region";
import { home, pages } from "@/app/routes";
import { useLocation } from "@/app/router";
import { useSplit } from "@/app/split";
import { apply, followSystem } from "@/app/theme";
import { TopBar } from "@/app/top-bar";

const SignIn = lazy(async () => ({ default: (await import("@/app/sign-in")).SignIn }));
const SplitSlot = lazy(async () => ({ default: (await import("@/app/split-slot")).SplitSlot }));
const Help = lazy(async () => ({ default: (await import("@/app/help")).Help }));

export function Shell() {
  const location = useLocation();
  const { session, reachable, upgraded, signedOut, setSignedOut } = useConnection();
  const told = useNotices();
  const split = useSplit();
  const region = useRegion();
  const [open, setOpen] = useState(() => window.innerWidth > 900);
  const [help, setHelp] = useState(false);

  useEffect(apply, []);
  useEffect(followSystem, []);
  useGoKeys();
  useKeys({ "/": focusFind, "?": () => setHelp(true) });
  const page = location.path[0] ?? home;
  const name = location.path.slice(1).join(" / ");
  useEffect(() => {
    document.title = [name, homeOf(page).text, "Trialbook"].filter((one) => one !== "").join(" · ");
  }, [page, name]);

  const Page = pages[page];
  const notices: FlashbarProps.MessageDefinition[] = [...told];
  if (!reachable) {
    notices.push({ type: "warning", id: "unreachable", content: "The server does not answer. What is shown may be old; it is tried again every 2 seconds.", loading: true });
  }
  if (upgraded) {
    notices.push({
      type: "info",
      id: "upgraded",
      content: "The server was upgraded: reload the page to use its new console.",
      action: <Button onClick={() => window.location.reload()}>Reload</Button>,
    });
  }
  if (signedOut || page === "sign-in") {
    return <Suspense><SignIn because={location.params.get("because")} done={() => setSignedOut(false)} /></Suspense>;
  }
  return (
    <>
      <div id="top">
        <TopBar session={session} signedOut={() => setSignedOut(true)} help={() => setHelp(true)} />
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
        navigationWidth={220}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={<SideNavigation activeHref={`#/${homeOf(page).page}`} header={{ text: "Trialbook", href: "#/search" }} items={sideItems()} />}
        breadcrumbs={<BreadcrumbGroup items={crumbs(location)} ariaLabel="Where you are" />}
        notifications={<Flashbar items={notices} stackItems={notices.length > 3} />}
        stickyNotifications
        toolsHide
        splitPanel={split.shown ? <Suspense><SplitSlot /></Suspense> : undefined}
        splitPanelOpen={split.open}
        onSplitPanelToggle={({ detail }) => split.setOpen(detail.open)}
        splitPanelPreferences={{ position: "side" }}
        content={
          <Suspense fallback={<Box textAlign="center" padding="xxl"><Spinner size="large" /></Box>}>
            {Page === undefined ? (
              <Box variant="h1">There is no page “{page}”.</Box>
            ) : (
              <Page key={`${region} ${page}`} rest={location.path.slice(1)} params={location.params} />
            )}
          </Suspense>
        }
      />
      {help && <Suspense><Help done={() => setHelp(false)} /></Suspense>}
    </>
  );
}

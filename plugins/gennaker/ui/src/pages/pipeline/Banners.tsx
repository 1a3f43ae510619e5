import { Alert, Text } from "@chakra-ui/react";
import type { ReactNode } from "react";

import type { Pipeline } from "../../api/types";
import { formatTime } from "../../host/time";
import { useText } from "../../i18n";

type BannerProps = { status: "info" | "warning" | "error"; title: string; children?: ReactNode };

const Banner = ({ status, title, children }: BannerProps) => (
  <Alert.Root size="sm" status={status}>
    <Alert.Indicator />
    <Alert.Content>
      <Alert.Title>{title}</Alert.Title>
      {children ? <Alert.Description>{children}</Alert.Description> : null}
    </Alert.Content>
  </Alert.Root>
);

/** Who locked, disabled or deleted it, when and why; and whether Airflow has what is published. */
export function Banners({ pipeline }: { pipeline: Pipeline }) {
  const { t, language } = useText();
  const { locked, disabled, deleted, provenance, buildError, published, scheduledRevision } = pipeline;
  const time = (value: string | null) => formatTime(value, language);
  const projects = disabled?.projects.join(", ") ?? "";
  return (
    <>
      {deleted ? (
        <Banner status="error" title={t("banner.deleted", { by: deleted.by, time: time(deleted.at) })}>{t("banner.deletedHint")}</Banner>
      ) : null}
      {disabled ? (
        <Banner
          status="warning"
          title={t(disabled.scope === "team" ? "banner.disabled" : "banner.disabledProjects", { by: disabled.by, time: time(disabled.at), projects })}
        >
          <Text>{disabled.reason}</Text>
          {disabled.until ? <Text>{t("banner.until", { time: time(disabled.until) })}</Text> : null}
        </Banner>
      ) : null}
      {locked ? (
        <Banner status="info" title={t("banner.locked", { by: locked.by, time: time(locked.at) })}>
          <Text>{locked.reason}</Text>
          <Text>{t(locked.allowsApi ? "banner.lockedApi" : "banner.lockedAll")}</Text>
          {provenance ? (
            <Text>
              {t("banner.provenance", { repository: provenance.repository ?? "", path: provenance.path ?? "", commit: (provenance.commit ?? "").slice(0, 12) })}
            </Text>
          ) : null}
        </Banner>
      ) : null}
      {buildError ? (
        <Banner status="error" title={t("banner.buildError", { number: published ?? 0 })}>
          <Text whiteSpace="pre-wrap">{buildError}</Text>
        </Banner>
      ) : null}
      {!buildError && !deleted && published !== null && scheduledRevision !== undefined && scheduledRevision !== published ? (
        <Banner status="info" title={t("banner.behind", { number: published })} />
      ) : null}
    </>
  );
}

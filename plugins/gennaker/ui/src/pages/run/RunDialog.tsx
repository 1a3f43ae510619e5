import { Link, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link as RouterLink, useNavigate } from "react-router-dom";

import { api } from "../../api/gennaker";
import { useApplications, useChange, useSpec } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { LinesField, SelectField, TextField } from "../../components/fields";
import { FormDialog } from "../../components/FormDialog";
import { Loaded } from "../../components/Loaded";
import { paths } from "../../host/paths";
import { useText } from "../../i18n";
import { faultOf, parametersOf, valuesOf, type Parameter } from "./parameters";

/** Start a run of the published revision, and lead to it in Airflow. */
export function RunDialog({ pipeline, onClose }: { pipeline: Pipeline; onClose: () => void }) {
  const { t } = useText();
  const go = useNavigate();
  const spec = useSpec(pipeline.id, pipeline.published ?? 0, pipeline.published !== null);
  const projects = useApplications().data?.find((one) => one.name === pipeline.application)?.projects ?? [];
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [project, setProject] = useState("");
  const [tried, setTried] = useState(false);
  const parameters = spec.data ? parametersOf(spec.data.spec) : [];
  const current = (parameter: Parameter) => typed[parameter.name] ?? parameter.initial;
  const isRight = parameters.every((parameter) => faultOf(parameter, current(parameter)) === null);
  const start = useChange(() => api.start(pipeline.id, { parameters: valuesOf(parameters, typed), project }));
  const submit = () => {
    setTried(true);
    if (isRight) start.mutate(undefined, { onSuccess: (made) => go(paths.run(made.dagId ?? pipeline.dagId, made.runId)) });
  };
  return (
    <FormDialog busy={start.isPending} error={start.error} onClose={onClose} onSubmit={submit} ready={spec.data !== undefined} size="lg" submit={t("run.start")} title={t("run.title", { name: pipeline.name })}>
      <Loaded query={spec}>
        {() =>
          parameters.length === 0 ? (
            <Text color="fg.muted">{t("run.noParameters")}</Text>
          ) : (
            parameters.map((parameter) => {
              const fault = tried || parameter.name in typed ? faultOf(parameter, current(parameter)) : null;
              return (
                <ParameterField
                  error={fault ? t(fault) : undefined}
                  key={parameter.name}
                  onChange={(value) => setTyped({ ...typed, [parameter.name]: value })}
                  parameter={parameter}
                  value={current(parameter)}
                />
              );
            })
          )
        }
      </Loaded>
      {projects.length > 0 ? (
        <SelectField choices={[{ value: "", label: t("common.none") }, ...projects.map((name) => ({ value: name, label: name }))]} label={t("run.project")} onChange={setProject} value={project} />
      ) : (
        <TextField help={t("common.optional")} label={t("run.project")} onChange={setProject} value={project} />
      )}
      {start.data ? (
        <Text>
          {t("run.started", { runId: start.data.runId })}{" "}
          <Link asChild><RouterLink to={paths.run(start.data.dagId ?? pipeline.dagId, start.data.runId)}>{t("run.open")}</RouterLink></Link>
        </Text>
      ) : null}
    </FormDialog>
  );
}

type FieldProps = { parameter: Parameter; value: string; onChange: (value: string) => void; error?: string };

function ParameterField({ parameter, value, onChange, error }: FieldProps) {
  const { t } = useText();
  const { kind, label, description, required, options } = parameter;
  const frame = { label, value, onChange, error, required, help: description || (kind === "secret" ? t("run.secretHint") : undefined) };
  if (kind === "choice" || kind === "boolean") {
    const values = kind === "boolean" ? ["true", "false"] : options;
    // A default that is not in the list is a value too.
    const known = new Set(["", ...(values.includes(value) || value === "" ? [] : [value]), ...values]);
    return <SelectField {...frame} choices={[...known].map((one) => ({ value: one, label: one || t("run.choose") }))} />;
  }
  if (kind === "json") return <LinesField {...frame} mono rows={4} />;
  // `number` stays a text field, in which what is typed wrongly can be seen and said.
  return <TextField {...frame} type={kind === "date" ? "date" : "text"} />;
}

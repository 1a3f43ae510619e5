import { Checkbox, Field, Input, NativeSelect, Textarea } from "@chakra-ui/react";
import type { HTMLInputTypeAttribute } from "react";

type Common = { label: string; help?: string; error?: string; required?: boolean };
type TextProps = Common & { value: string; onChange: (value: string) => void; disabled?: boolean };

const Frame = ({ label, help, error, required, children }: Common & { children: React.ReactNode }) => (
  <Field.Root invalid={Boolean(error)} required={required}>
    <Field.Label>
      {label}
      <Field.RequiredIndicator />
    </Field.Label>
    {children}
    {help ? <Field.HelperText>{help}</Field.HelperText> : null}
    <Field.ErrorText>{error}</Field.ErrorText>
  </Field.Root>
);

export const TextField = ({ value, onChange, type, autoFocus, disabled, ...frame }: TextProps & { type?: HTMLInputTypeAttribute; autoFocus?: boolean }) => (
  <Frame {...frame}>
    <Input autoFocus={autoFocus} disabled={disabled} onChange={(event) => onChange(event.target.value)} type={type} value={value} />
  </Frame>
);

export const LinesField = ({ value, onChange, disabled, rows = 3, mono, ...frame }: TextProps & { rows?: number; mono?: boolean }) => (
  <Frame {...frame}>
    <Textarea disabled={disabled} fontFamily={mono ? "mono" : undefined} onChange={(event) => onChange(event.target.value)} rows={rows} value={value} />
  </Frame>
);

export type Choice = { value: string; label: string };

export const SelectField = ({ value, onChange, choices, disabled, ...frame }: TextProps & { choices: Choice[] }) => (
  <Frame {...frame}>
    <NativeSelect.Root disabled={disabled}>
      <NativeSelect.Field onChange={(event) => onChange(event.target.value)} value={value}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </NativeSelect.Field>
      <NativeSelect.Indicator />
    </NativeSelect.Root>
  </Frame>
);

type CheckProps = { label: string; checked: boolean; onChange: (checked: boolean) => void; disabled?: boolean };

export const CheckField = ({ label, checked, onChange, disabled }: CheckProps) => (
  <Checkbox.Root checked={checked} disabled={disabled} onCheckedChange={(change) => onChange(change.checked === true)}>
    <Checkbox.HiddenInput />
    <Checkbox.Control />
    <Checkbox.Label>{label}</Checkbox.Label>
  </Checkbox.Root>
);

/** One name on each line. */
export const linesOf = (text: string): string[] => [
  ...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean)),
];

import type { Body } from '../../api/call.ts'
import { Checkbox, Select, TextField } from '../../parts/field.tsx'
import { numberOf, textOf } from '../../parts/form-values.ts'
import type { Key } from './key.ts'

type Settings = Pick<
  Body<'POST /keys'>,
  'name' | 'limit' | 'limit_reset' | 'include_byok_in_limit' | 'requests_per_minute' | 'tokens_per_minute'
>

/** The settings of a key, for a new one and for one that changes. */
export function KeyFields({ apiKey }: { readonly apiKey?: Key }) {
  return (
    <>
      <TextField label="Name" name="name" required maxLength={100} defaultValue={apiKey?.name} autoComplete="off" />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Limit (USD)"
          name="limit"
          type="number"
          min="0"
          step="any"
          placeholder="none"
          defaultValue={apiKey?.limit ?? ''}
        />
        <Select label="The limit begins anew" name="limit_reset" defaultValue={apiKey?.limit_reset ?? ''}>
          <option value="">never</option>
          <option value="daily">daily</option>
          <option value="weekly">weekly</option>
          <option value="monthly">monthly</option>
        </Select>
        <TextField
          label="Requests a minute"
          name="requests_per_minute"
          type="number"
          min="1"
          placeholder="as configured"
          defaultValue={apiKey?.requests_per_minute ?? ''}
        />
        <TextField
          label="Tokens a minute"
          name="tokens_per_minute"
          type="number"
          min="1"
          placeholder="as configured"
          defaultValue={apiKey?.tokens_per_minute ?? ''}
        />
      </div>
      <Checkbox
        label="Calls with the account’s own provider keys count towards the limit"
        name="include_byok_in_limit"
        defaultChecked={apiKey?.include_byok_in_limit}
      />
    </>
  )
}

/** Reads the settings from the form. What is empty is no limit. */
export function settingsIn(form: FormData): Settings {
  const reset = (['daily', 'weekly', 'monthly'] as const).find((one) => one === textOf(form, 'limit_reset'))
  return {
    name: textOf(form, 'name'),
    limit: numberOf(form, 'limit'),
    limit_reset: reset ?? null,
    include_byok_in_limit: form.get('include_byok_in_limit') !== null,
    requests_per_minute: numberOf(form, 'requests_per_minute'),
    tokens_per_minute: numberOf(form, 'tokens_per_minute'),
  }
}

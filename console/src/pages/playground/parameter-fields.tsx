import { Select, TextArea, TextField } from '../../parts/field.tsx'
import { efforts, type Parameters } from './parameters.ts'

interface ParameterFieldsProps {
  readonly parameters: Parameters
  readonly onChange: (parameters: Parameters) => void
}

/** The parameters of the requests. What is empty is not sent. */
export function ParameterFields({ parameters, onChange }: ParameterFieldsProps) {
  const field = (name: keyof Parameters) => ({
    value: parameters[name],
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      onChange({ ...parameters, [name]: target.value }),
  })
  return (
    <div className="space-y-3">
      <TextArea label="System prompt" rows={3} {...field('system')} />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Temperature"
          type="number"
          min="0"
          max="2"
          step="0.1"
          placeholder="default"
          {...field('temperature')}
        />
        <TextField label="Top p" type="number" min="0" max="1" step="0.05" placeholder="default" {...field('top_p')} />
        <TextField label="Most tokens" type="number" min="1" placeholder="default" {...field('max_tokens')} />
        <Select label="Reasoning" {...field('effort')}>
          {efforts.map((effort) => (
            <option key={effort} value={effort}>
              {effort === '' ? 'default' : effort}
            </option>
          ))}
        </Select>
        <Select label="Providers by" className="col-span-2" {...field('sort')}>
          <option value="">load balancing</option>
          <option value="price">price</option>
          <option value="latency">latency</option>
          <option value="throughput">throughput</option>
        </Select>
      </div>
      <TextArea
        label="Tools"
        rows={3}
        spellCheck={false}
        placeholder='[{"type":"function","function":{…}}]'
        hint="An array of JSON."
        {...field('tools')}
      />
      <TextArea
        label="Further fields"
        rows={2}
        spellCheck={false}
        placeholder='{"plugins":[…]}'
        hint="An object of JSON."
        {...field('more')}
      />
    </div>
  )
}

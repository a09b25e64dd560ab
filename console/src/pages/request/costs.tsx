import { money } from '../../format/money.ts'
import { Panel } from '../../parts/panel.tsx'
import type { Detail } from './request.tsx'

/** Each part of the cost, and where the amount comes from. They sum to the whole. */
export function Costs({ detail }: { readonly detail: Detail }) {
  const { costs, cost, upstream_cost: upstream, is_byok: isByok } = detail
  return (
    <Panel title="Cost">
      <table aria-label="Parts of the cost" className="w-full">
        <tbody>
          {costs.map(({ part, amount, source, detail }, index) => (
            <tr key={`${part}${index}`} className="align-top">
              <th scope="row" className="py-0.5 pr-3 text-left font-normal">
                {part}
                <span className="block text-xs text-soft">
                  {source.replaceAll('_', ' ')}
                  {detail !== null && ` · ${detail}`}
                </span>
              </th>
              <td className="py-0.5 text-right tabular-nums">{money(amount)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-1 text-left font-medium">
              Total
            </th>
            <td className="py-1 text-right tabular-nums">{money(cost)}</td>
          </tr>
        </tfoot>
      </table>
      {isByok && (
        <p className="mt-1 text-xs text-soft">The provider charges {money(upstream)} to the account’s own key.</p>
      )}
    </Panel>
  )
}

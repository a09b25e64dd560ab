import { Button } from './button.tsx'

interface FaultProps {
  readonly error: unknown
  readonly onRetry?: () => void
}

/** The message of an error. */
export function Fault({ error, onRetry }: FaultProps) {
  return (
    <div
      role="alert"
      className="my-2 flex flex-wrap items-center gap-3 rounded-md border border-bad/40 bg-bad-back px-3 py-2 text-bad"
    >
      <p className="min-w-0 flex-1 break-words">{error instanceof Error ? error.message : 'Something went wrong.'}</p>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}

/** Grey lines in the place of what is being read. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div role="status" className="space-y-2 py-2">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, index) => (
        <div
          key={index}
          className="h-4 animate-pulse rounded bg-sunken"
          style={{ width: `${95 - ((index * 17) % 40)}%` }}
        />
      ))}
    </div>
  )
}

import { useSyncExternalStore } from 'react'

const schemes = ['system', 'light', 'dark'] as const
/** `system`: as the operating system is set. */
export type Scheme = (typeof schemes)[number]

const key = 'waygate-scheme'
const listeners = new Set<() => void>()

function stored(): Scheme {
  const value = localStorage.getItem(key)
  return schemes.find((scheme) => scheme === value) ?? 'system'
}

/** Applies a colour scheme to the page: by default the one that is stored. */
export function applyScheme(scheme: Scheme = stored()): void {
  if (scheme === 'system') delete document.documentElement.dataset['scheme']
  else document.documentElement.dataset['scheme'] = scheme
}

/** Chooses the colour scheme of this browser. */
export function chooseScheme(scheme: Scheme): void {
  localStorage.setItem(key, scheme)
  applyScheme(scheme)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  listeners.add(listener)
  system.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', listener)
  }
}

/** Returns the scheme that was chosen. */
export const useScheme = (): Scheme => useSyncExternalStore(subscribe, stored)

/** Returns whether the page is dark now, by the choice of the reader or by the operating system. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(subscribe, () => {
    const scheme = stored()
    return scheme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : scheme === 'dark'
  })

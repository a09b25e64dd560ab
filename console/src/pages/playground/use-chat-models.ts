import { useMemo } from 'react'
import { useEndpoints } from '../../api/endpoints.ts'

interface ChatModels {
  readonly models: readonly string[]
  /** The default model of the gateway, or the only model. Empty where there is neither. */
  readonly usual: string
}

/** Reads which models can chat. */
export function useChatModels(): ChatModels {
  const { data } = useEndpoints()
  return useMemo(() => {
    const chat = (data?.data ?? []).filter(({ operations }) => operations.includes('chat'))
    const models = [...new Set(chat.map(({ model }) => model))].toSorted()
    const only = models.length === 1 ? models[0] : undefined
    return { models, usual: data?.default_model ?? only ?? '' }
  }, [data])
}

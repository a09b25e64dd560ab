import type { Happenings } from '../canonical/happening.ts'
import type { Generate } from '../canonical/turn.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'
import type { Config } from '../config/config.ts'
import { createGenerate, type GenerateDependencies } from '../generate.ts'
import type { SpendingLimits } from '../ledger/spending-limits.ts'
import type { ByokFees } from '../ledger/byok-fees.ts'
import { createHoldFee } from '../ledger/hold-fee.ts'
import { createReserve, type ReserveDependencies } from '../ledger/reserve.ts'
import { type CachedAnswers, ResponseCache } from '../response-cache/response-cache.ts'
import type { SharedState } from '../storage/stores/shared-state.ts'
import { createTurn, type TurnDependencies } from '../turn.ts'
import type { Clock } from '../util/clock.ts'
import { wireHedges } from './calls.ts'
import { price } from './routing.ts'

/** The parts of a generation that other files of this folder make. */
interface GenerationParts
  extends
    Pick<TurnDependencies, 'health' | 'callEndpoint'>,
    Pick<ReserveDependencies, 'freeModels' | 'lease' | 'usual'>,
    Pick<
      GenerateDependencies,
      'presets' | 'plugins' | 'serverTools' | 'facilities' | 'endUserId' | 'settle' | 'collect'
    > {
  readonly config: Config
  readonly clock: Clock
  readonly chance: () => number
  readonly happenings: Happenings
  readonly calibration: TokenCalibration
  readonly byokFees: ByokFees
  readonly spendingLimits: SpendingLimits
  readonly answers: CachedAnswers
  readonly shared: SharedState
  readonly router: Pick<TurnDependencies, 'route' | 'feedback'> & Pick<GenerateDependencies, 'resolve' | 'admit'>
}

/** Makes the path of a generation: its turns, with what happens around them. */
export function wireGeneration(parts: GenerationParts): Generate {
  const { config, clock, router, plugins, answers, shared } = parts
  const calibration = (model: string): number => parts.calibration.factor(model)
  const turn = createTurn({
    ...parts,
    ...router,
    calibration,
    reserve: createReserve({ ...parts, calibration, limits: parts.spendingLimits }),
    firstTokenMs: config.timeouts.firstTokenMs,
    mostCalls: config.limits.callsPerRequest,
    hedges: wireHedges(config),
    price,
    streamRescue: config.streamRescue === 'continue',
  })
  const maxBytes = config.limits.responseCacheBytes
  return createGenerate({
    ...parts,
    ...router,
    turn,
    holdFee: createHoldFee({ ...parts, limits: parts.spendingLimits }),
    responseCache: new ResponseCache({ clock, answers, maxBytes, pluginsOf: plugins.ofAccount, shared }),
  })
}

import type { ModerationRule } from '../../canonical/moderation.ts'

/**
 * A modest set: phrases that ask for help with grave harm in plain English words. It stops careless requests and neither other languages
 * nor other words for the same; a moderation endpoint does. News, fiction and prevention rarely hold these phrases, but may. The categories
 * are those of OpenAI's moderation endpoint.
 */
export const builtInRules: readonly ModerationRule[] = [
  {
    category: 'illicit/violent',
    terms: [
      'how to build a bomb',
      'how to make a bomb',
      'how do i build a bomb',
      'how do i make a bomb',
      'how to * make * pipe bomb*',
      'how to * build * pipe bomb*',
      'how to * make * nail bomb*',
      'how to * make * dirty bomb*',
      'instructions * to make * explosive*',
      'instructions * for making * explosive*',
      'how to * make * explosive device',
      'how to * synthesi* * sarin',
      'how to * make * sarin',
      'how to * make * nerve agent',
      'how to * make * ricin',
      'how to * culture * anthrax',
      'how to * weaponi* * anthrax',
      'how to * make * molotov',
      'how to * hire * hitman',
      'how to * kill * someone without getting caught',
      'how to * get away with murder',
      'plan * mass shooting',
      'plan * school shooting',
    ],
  },
  {
    category: 'illicit',
    terms: [
      'how to * cook * meth',
      'how to * synthesi* * methamphetamine',
      'how to * make * methamphetamine',
      'how to * synthesi* * fentanyl',
      'how to * make * fentanyl',
      'how to * counterfeit * money',
      'how to * launder * money',
      'write * ransomware',
      'make * ransomware',
      'how to * clone * credit card*',
    ],
  },
  {
    category: 'self-harm/instructions',
    terms: [
      'how to * kill myself',
      'how do i * kill myself',
      'best way to * kill myself',
      'painless way to * die',
      'how to * commit suicide',
      'how many pills * to die',
      'how many pills * to kill myself',
    ],
  },
  {
    category: 'self-harm/intent',
    terms: ['i want to kill myself', 'i am going to kill myself', 'im going to kill myself', 'i will kill myself'],
  },
  {
    category: 'sexual/minors',
    terms: [
      'sexual * about * minor',
      'sexual * with * minor',
      'sexual * with * child',
      'sexual story * child',
      'child porn*',
      'porn* * of * child*',
      'underage porn*',
      'underage nude*',
      'nude* * of * minor*',
    ],
  },
  {
    category: 'hate/threatening',
    terms: [
      'we should exterminate * jews',
      'we should exterminate * muslims',
      'we should exterminate * christians',
      'we should kill all * jews',
      'we should kill all * muslims',
      'we should kill all * christians',
      'gas the jews',
    ],
  },
  {
    category: 'violence',
    terms: ['i am going to shoot up * school', 'im going to shoot up * school', 'i will shoot up * school'],
  },
]

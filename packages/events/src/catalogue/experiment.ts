import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { Identifier, Text } from './value.ts'

export const experimentViewed = defineEvent({
  name: 'experiment_viewed',
  meaning: 'Somebody was shown a variation of an experiment.',
  properties: {
    experiment_id: required(Identifier, 'The experiment.'),
    variation_id: required(Identifier, 'The variation that was shown.'),
    experiment_name: optional(Text, 'As the shop calls it.'),
    variation_name: optional(Text, 'As the shop calls it.'),
  },
  aliases: ['$experiment_started', 'experiment_exposure', 'viewed_experiment', 'experiment_view', 'exposure'],
  vocabularies: { segment: 'Experiment Viewed' },
})

import type { Edits, InputName, Offer, Operation, OperationInfo } from '../../core/index.ts'

/** What `GET /edit/operations` answers: clients build their forms from it. */
export function listOperations ({ operationNames, operations, offers }: Pick<Edits, 'operationNames' | 'operations' | 'offers'>) {
  return {
    operations: Object.fromEntries(operationNames.map(name => {
      const info = operations[name]
      return [name, {
        label: info.label,
        description: info.description,
        provider: firstProvider(name, offers(name)),
        async: info.slow,
        fields: fieldsOf(info)
      }]
    }))
  }
}

/** Who would be asked first; when nobody can be asked now, who would be with its key. */
function firstProvider (operation: Operation, offers: readonly Offer[]): string | null {
  const able = offers.filter(({ card }) => card.operations.includes(operation))
  return (able.find(({ unconfigured }) => unconfigured === null) ?? able[0])?.provider ?? null
}

/** true = a form shows it. */
function fieldsOf ({ inputs, showsNegativePrompt }: OperationInfo): Record<string, boolean> {
  const shows = (name: InputName) => inputs[name] === 'required' || inputs[name] === 'shown'
  return {
    prompt: shows('prompt'),
    mask: shows('mask'),
    negative_prompt: showsNegativePrompt,
    search_prompt: shows('search_prompt'),
    select_prompt: shows('select_prompt'),
    background: shows('background'),
    lighting: shows('lighting'),
    expansion: shows('expansion')
  }
}

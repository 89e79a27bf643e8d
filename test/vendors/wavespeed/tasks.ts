import { randomBytes } from 'node:crypto'
import { fates, type Fate } from './answers.ts'

/** How long tasks take, and for how long they are kept. */
export interface TaskTimes {
  /** Polls that are answered `processing` first. */
  readonly polls: number
  /** Time from the call to the result, milliseconds. */
  readonly taskMs: number
}

export interface NewTask {
  readonly key: string
  readonly model: string
  /** What was asked for, as the history shows it. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly fate: Fate | 'completed'
  readonly nsfw: boolean
  /** Addresses or base64. */
  readonly outputs: (id: string) => readonly string[]
  /** It is over as soon as it begins. */
  readonly atOnce: boolean
  /** Called once, when it ends in any other way than completed. */
  readonly refund: () => void
}

interface Task extends Omit<NewTask, 'outputs'> {
  readonly id: string
  readonly outputs: readonly string[]
  readonly createdAt: number
  polled: number
  refunded: boolean
}

/** What the API says of a task. */
export type TaskData = Readonly<Record<string, unknown>> & { readonly id: string, readonly status: string }

/** Of predictions and files: 7 days. */
export const keptMs = 7 * 24 * 60 * 60 * 1000

/** Predictions, shown to the key that made them and to no other. */
export class Tasks {
  readonly #tasks = new Map<string, Task>()
  readonly #times: TaskTimes
  readonly #now: () => number
  readonly #url: () => string

  constructor (times: TaskTimes, now: () => number, url: () => string) {
    this.#times = times
    this.#now = now
    this.#url = url
  }

  /** As the create call answers it: `created`, or its end when it is over at once. */
  add (newTask: NewTask): TaskData {
    const id = randomBytes(16).toString('hex')
    const task: Task = { ...newTask, id, outputs: newTask.outputs(id), createdAt: this.#now(), polled: 0, refunded: false }
    this.#tasks.set(id, task)
    return this.#show(task, 'created')
  }

  /** undefined = unknown, deleted after 7 days, or another key's. */
  poll (id: string, key: string): TaskData | undefined {
    const task = this.#of(key).find(task => task.id === id)
    if (task === undefined) return undefined
    task.polled++
    return this.#show(task, 'processing')
  }

  /** The latest first. */
  list (key: string): Array<TaskData & { readonly model: string, readonly inputs: Readonly<Record<string, unknown>> }> {
    return this.#of(key).toReversed().map(task => ({ ...this.#show(task, 'processing'), model: task.model, inputs: task.inputs }))
  }

  inputs (id: string): Readonly<Record<string, unknown>> | undefined {
    return this.#tasks.get(id)?.inputs
  }

  running (key: string): number {
    return this.#of(key).filter(task => !this.#isOver(task)).length
  }

  #of (key: string): Task[] {
    return [...this.#tasks.values()].filter(task => task.key === key && this.#now() < task.createdAt + keptMs)
  }

  #isOver ({ atOnce, polled, createdAt }: Task): boolean {
    const { polls, taskMs } = this.#times
    return atOnce || (polled > polls && this.#now() >= createdAt + taskMs)
  }

  #show (task: Task, meanwhile: 'created' | 'processing'): TaskData {
    const { id, model, fate, nsfw, createdAt } = task
    const over = this.#isOver(task)
    const [status, error] = !over ? [meanwhile, ''] : fate === 'completed' ? [fate, ''] : fates[fate]
    if (over && fate !== 'completed' && !task.refunded) {
      task.refunded = true
      task.refund()
    }
    const outputs = status === 'completed' ? task.outputs : []
    return {
      id,
      model,
      outputs,
      urls: { get: `${this.#url()}/api/v3/predictions/${id}/result` },
      status,
      // The vendor writes nanoseconds.
      created_at: new Date(createdAt).toISOString().replace('Z', '000000Z'),
      has_nsfw_contents: outputs.map(() => nsfw),
      error,
      timings: { inference: over ? this.#times.taskMs : 0 },
      executionTime: over ? this.#times.taskMs : 0
    }
  }
}

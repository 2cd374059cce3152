import { useState } from 'react';
import { fieldsOf, instantOf, offeredTimes, type OfferedTime, type TimeProblem } from './schedule-times.ts';
import type { DayAndTime } from './TimeFields.tsx';

/** When something is sent: now, at one of the times that are offered, or at one that its sender fills in. */
export interface SendTime {
  offered: readonly OfferedTime[];
  chosen: 'now' | 'other' | OfferedTime['words'];
  fields: DayAndTime;
  problem: TimeProblem | undefined;
  choose(chosen: SendTime['chosen']): void;
  fill(fields: DayAndTime): void;
  /** `now`, the time, or undefined if the fields name none, which is then said beside them. */
  read(): Date | 'now' | undefined;
}

export function useSendTime(): SendTime {
  const [offered] = useState(() => offeredTimes(new Date()));
  const [chosen, setChosen] = useState<SendTime['chosen']>('now');
  const [fields, setFields] = useState(() => fieldsOf(offered[0]?.at ?? new Date()));
  const [problem, setProblem] = useState<TimeProblem>();
  return {
    offered,
    chosen,
    fields,
    problem,
    choose(next) {
      setProblem(undefined);
      setChosen(next);
    },
    fill(next) {
      setProblem(undefined);
      setFields(next);
    },
    read() {
      if (chosen === 'now') return 'now';
      const picked =
        chosen === 'other'
          ? instantOf(fields.date, fields.time, new Date())
          : (offered.find(({ words }) => words === chosen)?.at ?? 'missing');
      if (picked instanceof Date) return picked;
      setProblem(picked);
      return undefined;
    },
  };
}

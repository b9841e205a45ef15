import { nestSse } from '../harness/nest-sse.mjs';

nestSse('express');

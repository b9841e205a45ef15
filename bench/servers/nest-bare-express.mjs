import { nestBare } from '../harness/nest-bare.mjs';

nestBare('express');

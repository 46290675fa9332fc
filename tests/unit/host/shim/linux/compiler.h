/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory that others write at the same time, for the parts of the module that run natively. */
#ifndef SHIM_COMPILER_H
#define SHIM_COMPILER_H

#define READ_ONCE(x)	 (*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif

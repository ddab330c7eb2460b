//! Non-negative least squares: of all x without a negative part, the one whose `A x` is nearest to `b`.
//!
//! Lawson & Hanson, "Solving least squares problems", Prentice-Hall 1974, chapter 23 (NNLS): variables enter one by one where the error falls
//! most steeply, and leave where they would turn negative. On the normal equations, which many right-hand sides can share (Bro & De Jong, "A
//! fast non-negativity-constrained least squares algorithm", Journal of Chemometrics 1997).

/// A problem whose matrix is known, for any number of right-hand sides.
#[derive(Debug, Clone)]
pub struct NonNegative {
    rows: Vec<Vec<f64>>,
    /// `Aᵀ A`
    gram: Vec<Vec<f64>>,
}

impl NonNegative {
    /// Every row has a number for each of the `columns` variables.
    pub fn of(rows: Vec<Vec<f64>>, columns: usize) -> Self {
        let product = |a: usize, b: usize| rows.iter().map(|row| row[a] * row[b]).sum();
        let gram = (0..columns).map(|a| (0..columns).map(|b| product(a, b)).collect()).collect();
        Self { rows, gram }
    }

    /// One number per column; `values` has one for each row. Columns that are sums of others stay 0 where those suffice.
    pub fn solve(&self, values: &[f64]) -> Vec<f64> {
        let columns = self.gram.len();
        let target: Vec<f64> =
            (0..columns).map(|column| self.rows.iter().zip(values).map(|(row, value)| row[column] * value).sum()).collect();
        let mut search = Search { gram: &self.gram, target: &target, inside: Vec::new(), x: vec![0.0; columns] };
        let tolerance = 1e-12 * target.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let mut refused = vec![false; columns];
        // The method ends by itself, since every step lessens the error; rounding alone could make it turn in circles.
        for _ in 0..30 * columns {
            let slopes = search.slopes();
            let open = (0..columns).filter(|column| !search.inside.contains(column) && !refused[*column] && slopes[*column] > tolerance);
            let Some(steepest) = open.max_by(|a, b| slopes[*a].total_cmp(&slopes[*b])) else { break };
            if search.enter(steepest) { refused.fill(false) } else { refused[steepest] = true }
        }
        search.x
    }

    /// By how much each row's value counts in the sum of `factors` times `x`, a solution: the sum of these weights times the values is that sum, and
    /// stays it for other values as long as the same variables are above 0.
    pub fn weights(&self, x: &[f64], factors: &[f64]) -> Vec<f64> {
        let inside: Vec<usize> = (0..x.len()).filter(|column| x[*column] > 0.0).collect();
        let solved =
            Search { gram: &self.gram, target: factors, inside: inside.clone(), x: Vec::new() }.unconstrained().unwrap_or_default();
        self.rows.iter().map(|row| inside.iter().zip(&solved).map(|(&column, part)| row[column] * part).sum()).collect()
    }
}

struct Search<'a> {
    gram: &'a [Vec<f64>],
    target: &'a [f64],
    /// The variables that may be other than 0.
    inside: Vec<usize>,
    x: Vec<f64>,
}

impl Search<'_> {
    /// By how much the error falls as each variable grows.
    fn slopes(&self) -> Vec<f64> {
        let fitted = |row: &[f64]| self.inside.iter().map(|&column| row[column] * self.x[column]).sum::<f64>();
        self.gram.iter().zip(self.target).map(|(row, target)| target - fitted(row)).collect()
    }

    /// Lets a variable in, and those out that would turn negative. `false` if rounding alone made it look useful.
    fn enter(&mut self, column: usize) -> bool {
        self.inside.push(column);
        let mut first = true;
        loop {
            let best = match self.unconstrained() {
                // What enters has to grow; else its slope was rounding (Lawson & Hanson, 23.10, step 6).
                Some(best) if !first || best.last().is_some_and(|value| *value > 0.0) => best,
                _ => {
                    self.inside.retain(|inside| *inside != column);
                    self.x[column] = 0.0;
                    return false;
                }
            };
            first = false;
            // How far each may go on its way before it is negative.
            let reach = |at: usize, value: f64| match value {
                value if value > 0.0 => f64::INFINITY,
                _ if self.x[at] > 0.0 => self.x[at] / (self.x[at] - value),
                _ => 0.0,
            };
            let reaches: Vec<f64> = self.inside.iter().zip(&best).map(|(&at, value)| reach(at, *value)).collect();
            let step = reaches.iter().copied().fold(1.0, f64::min);
            for (&at, value) in self.inside.iter().zip(&best) {
                self.x[at] += step * (value - self.x[at]);
            }
            if reaches.iter().all(|reach| *reach > 1.0) {
                return true;
            }
            let leaving: Vec<usize> =
                self.inside.iter().zip(&reaches).filter(|(_, reach)| **reach <= step * (1.0 + 1e-12)).map(|(at, _)| *at).collect();
            leaving.iter().for_each(|&at| self.x[at] = 0.0);
            self.inside.retain(|at| !leaving.contains(at));
        }
    }

    /// The least squares of the variables inside, negative or not, by Cholesky's decomposition; nothing where one is a sum of the others.
    fn unconstrained(&self) -> Option<Vec<f64>> {
        let count = self.inside.len();
        let mut factor = vec![vec![0.0; count]; count];
        for row in 0..count {
            for column in 0..=row {
                let own = self.gram[self.inside[row]][self.inside[column]];
                let rest = own - (0..column).map(|k| factor[row][k] * factor[column][k]).sum::<f64>();
                factor[row][column] = if row > column {
                    rest / factor[column][column]
                } else if rest > 1e-13 * own {
                    rest.sqrt()
                } else {
                    return None;
                };
            }
        }
        let mut solution: Vec<f64> = self.inside.iter().map(|&at| self.target[at]).collect();
        for row in 0..count {
            let known: f64 = (0..row).map(|k| factor[row][k] * solution[k]).sum();
            solution[row] = (solution[row] - known) / factor[row][row];
        }
        for row in (0..count).rev() {
            let known: f64 = (row + 1..count).map(|k| factor[k][row] * solution[k]).sum();
            solution[row] = (solution[row] - known) / factor[row][row];
        }
        Some(solution)
    }
}

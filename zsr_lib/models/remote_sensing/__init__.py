"""Systems for aerial photos and sketches: ZSEoC, ZSCMR, their released codes and their clean successors."""

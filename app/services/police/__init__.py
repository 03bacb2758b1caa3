"""The round-trip with the commune police (CV 2513/LĐTBXH-TTTT of 14/7/2022; domain.md 1.1).

Lists of children without a personal id, with one that is badly formed, and with a basic field that
is missing or wrong go out on paper and as a workbook; the answered workbook comes back and changes
the children of that list alone; the signed paper is noted as handed back.
"""

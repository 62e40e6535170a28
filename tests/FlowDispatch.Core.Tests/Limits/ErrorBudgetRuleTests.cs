using CsCheck;
using FlowDispatch.Executions;
using FlowDispatch.Limits;
using FlowDispatch.Recipients;

namespace FlowDispatch.Tests.Limits;

public sealed class ErrorBudgetRuleTests
{
    [Theory]
    [InlineData("131026")]
    [InlineData("whatever_the_provider_says")]
    [InlineData(ReasonCodes.ProviderError)]
    [InlineData(ReasonCodes.NotConnected)]
    [InlineData(ReasonCodes.CircuitOpen)]
    [InlineData(ReasonCodes.ChannelNotConfigured)]
    [InlineData(ReasonCodes.ContentNotSupported)]
    [InlineData("http_503")]
    public void What_the_provider_or_its_adapter_says_counts(string code) => Assert.True(ErrorBudgetRule.IsProviderSide(code));

    [Fact]
    public void What_our_own_data_texts_and_decisions_are_to_blame_for_does_not() => Assert.All(
        ReasonCatalogue.All.Where(r => r.Kind == ReasonKind.Skipped).Select(r => r.Code).Append(ReasonCodes.TemplateError).Append(ReasonCodes.ResolvedNotSent),
        code => Assert.False(ErrorBudgetRule.IsProviderSide(code)));

    [Fact]
    public void Only_failures_of_the_provider_are_summed() =>
        Assert.Equal(7, ErrorBudgetRule.ProviderSide([new("131026", 4), new("template_error", 9), new("http_500", 3), new("opted_out", 1), new("missing_variable", 2)]));

    [Theory]
    [InlineData(25, 20, 15, 5, true)]
    [InlineData(25, 20, 16, 5, false)]
    [InlineData(25, 20, 14, 5, false)]
    [InlineData(25, 20, 0, 19, false)]
    [InlineData(25, 20, 0, 20, true)]
    [InlineData(100, 1, 0, 1, true)]
    [InlineData(100, 1, 1, 1_000_000, false)]
    [InlineData(0.1, 1, 999, 1, true)]
    [InlineData(0.1, 1, 1_000, 1, false)]
    [InlineData(double.Epsilon, 1, 100, 0, false)]
    [InlineData(double.Epsilon, 1, 999_999, 1, true)]
    public void It_is_used_up_at_its_percentage_and_not_before_its_minimum(double percent, int minimum, int sent, int failed, bool usedUp) =>
        Assert.Equal(usedUp, ErrorBudgetRule.IsUsedUp(new(percent, minimum), default, sent, failed));

    [Fact]
    public void What_was_forgiven_counts_neither_way()
    {
        var forgiven = new ForgivenResults(1_000, 400);

        Assert.False(ErrorBudgetRule.IsUsedUp(new(10, 10), forgiven, 1_008, 401));
        Assert.True(ErrorBudgetRule.IsUsedUp(new(10, 10), forgiven, 1_009, 401));
        Assert.False(ErrorBudgetRule.IsUsedUp(new(10, 10), forgiven, 1_100, 390));
    }

    [Fact]
    public void The_reason_says_the_figures_the_budget_and_what_to_do() => Assert.Equal(
        "error_budget: 7 of 20 messages failed on the provider's side (35 %; the budget is 12.5 % from 20 on). See the errors, mend their cause, then resume: it counts anew from there.",
        ErrorBudgetRule.Explain(new(12.5, 20), new(100, 3), 113, 10));

    [Fact]
    public void More_failures_never_make_it_fewer() => Gen.Select(
        Gen.Double[0.001, 100], Gen.Int[1, 100], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Int[0, 200]).Sample(
        (percent, minimum, sent, failed, more) => Assert.True(
            !ErrorBudgetRule.IsUsedUp(new(percent, minimum), default, sent, failed) || ErrorBudgetRule.IsUsedUp(new(percent, minimum), default, sent, failed + more)),
        iter: 10_000);
}

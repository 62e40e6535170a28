using FlowDispatch.Contacts;
using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>People: one to a number and organization, found and listed by their own tenant only.</summary>
public abstract class ContactConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task An_upsert_creates_whom_it_does_not_know_and_finds_whom_it_knows()
    {
        var first = await UpsertAsync(Some.Upsert(1), Some.Upsert(2));
        var second = await UpsertAsync(Some.Upsert(3), Some.Upsert(2), Some.Upsert(1));

        Assert.Equal([true, true], first.Select(r => r.Created));
        Assert.Equal([true, false, false], second.Select(r => r.Created));
        Assert.Equal([Some.Number(3), Some.Number(2), Some.Number(1)], second.Select(r => r.Contact.WhatsAppId));
        Assert.Equal([first[1].Contact.Id, first[0].Contact.Id], second.Skip(1).Select(r => r.Contact.Id));
    }

    [Fact]
    public async Task A_custom_field_is_known_once_any_contact_has_it_and_to_its_organization_alone()
    {
        var people = Enumerable.Range(0, 1_001).Select(i => i < 1_000 ? Some.Upsert(i) : Fields(i, "points", "São Paulo")).ToList();
        foreach (var chunk in people.Chunk(1_000))
        {
            await UpsertAsync(chunk);
        }

        await Store.Contacts.UpsertAsync(Some.OtherOrganization, [Fields(1, "theirs")], ContactUpdateMode.Fill, revive: false, Cancellation);
        var first = (await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(0)], Cancellation))[0];
        await Store.Contacts.UpdateAsync(Some.Organization, first.Id, c => c with { CustomFields = Fields(0, "late", new string('x', 201)).CustomFields! }, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, first.Id, c => c with { CustomFields = FieldValues.None }, Cancellation);
        await ReopenAsync();

        var names = await Store.Contacts.FindCustomFieldsAsync(Some.Organization, ["points", "São Paulo", "Points", "late", "theirs", new string('x', 201)], Cancellation);

        Assert.Equal(["São Paulo", "late", "points"], names.Found.Order(StringComparer.Ordinal).ToList());
        Assert.Equal(["São Paulo", "late", "points"], names.Some.Order(StringComparer.Ordinal).ToList());
        Assert.Empty((await Store.Contacts.FindCustomFieldsAsync("nobody", ["points"], Cancellation)).Some);
        Assert.Empty((await Store.Contacts.FindCustomFieldsAsync(Some.Organization, [], Cancellation)).Found);
    }

    [Fact]
    public async Task However_many_custom_fields_there_are_a_thousand_are_listed()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
            UpsertAsync([.. Enumerable.Range(0, 15).Select(i => Fields((writer * 100) + i, [.. Enumerable.Range(0, 100).Select(n => $"f{(i * 100) + n:D4}")]))]), Cancellation)));

        var names = await Store.Contacts.FindCustomFieldsAsync(Some.Organization, ["f0000", "f1499", "f1500"], Cancellation);

        Assert.Equal(["f0000", "f1499"], names.Found.Order(StringComparer.Ordinal));
        Assert.Equal(1_000, names.Some.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Everything_of_a_contact_survives()
    {
        var upsert = new ContactUpsert
        {
            WhatsAppId = Some.Number(1),
            Name = "Zoë O'Brien 🐙 \"השם\"",
            Email = "zoë@exämple.org",
            Language = "pt-BR",
            TimeZone = "America/Sao_Paulo",
            Tags = ["vip", "Ação", "a,b"],
            CustomFields = new Dictionary<string, object?>
            {
                ["points"] = 9_007_199_254_740_993L,
                ["price"] = 12.50m,
                ["huge"] = 1e300,
                ["member"] = true,
                ["none"] = null,
                ["cidade"] = "São Paulo",
                ["list"] = new List<object?> { 1L, "two", null },
                ["nested"] = new Dictionary<string, object?> { ["deep"] = "✓" },
            },
            OptedIn = false,
        };
        var created = Assert.Single(await UpsertAsync(upsert)).Contact;
        var changed = created with
        {
            OptChangedAt = Now.AddTicks(1),
            OptReason = "asked",
            OptSource = "reply",
            Blocked = true,
            BlockReason = "spam",
            BlockChangedAt = Now.AddTicks(2),
            UpdatedAt = Now.AddTicks(3),
        };
        await Store.Contacts.UpdateAsync(Some.Organization, created.Id, _ => changed, Cancellation);

        await ReopenAsync();
        var found = await FindAsync(created.Id);

        Assert.Equal(Some.Text(changed), Some.Text(found));
        Assert.IsType<long>(found!.CustomFields["points"]);
        Assert.IsType<decimal>(found.CustomFields["price"]);
        Assert.Equal(Now, found.CreatedAt);
    }

    [Fact]
    public async Task A_contact_with_nothing_but_a_number_survives()
    {
        var created = Assert.Single(await UpsertAsync(new ContactUpsert { WhatsAppId = Some.Number(1) })).Contact;

        await ReopenAsync();

        Assert.Equal(Some.Text(created), Some.Text(await FindAsync(created.Id)));
        Assert.True(created.OptedIn);
    }

    [Theory]
    [InlineData(ContactUpdateMode.None, "Old", null, "a")]
    [InlineData(ContactUpdateMode.Fill, "Old", "new@example.org", "a,b")]
    [InlineData(ContactUpdateMode.Overwrite, "New", "new@example.org", "a,b")]
    public async Task A_known_contact_is_brought_up_to_date_by_the_mode(ContactUpdateMode mode, string name, string? email, string tags)
    {
        await UpsertAsync(new ContactUpsert { WhatsAppId = Some.Number(1), Name = "Old", Tags = ["a"] });
        Clock.Advance(TimeSpan.FromSeconds(1));

        var upsert = new ContactUpsert { WhatsAppId = Some.Number(1), Name = "New", Email = "new@example.org", Tags = ["b", "a"] };
        var result = Assert.Single(await Store.Contacts.UpsertAsync(Some.Organization, [upsert], mode, revive: false, Cancellation));

        var found = (await FindAsync(result.Contact.Id))!;
        Assert.Equal((name, email, tags), (found.Name, found.Email, string.Join(',', found.Tags)));
        Assert.Equal(mode == ContactUpdateMode.None ? Now.AddSeconds(-1) : Now, found.UpdatedAt);
        Assert.Equal(Now.AddSeconds(-1), found.CreatedAt);
    }

    [Fact]
    public async Task A_deleted_contact_stays_deleted_unless_it_is_to_be_revived()
    {
        var id = Assert.Single(await UpsertAsync(Some.Upsert(1))).Contact.Id;
        await Store.Contacts.UpdateAsync(Some.Organization, id, c => c with { DeletedAt = Now }, Cancellation);

        var kept = Assert.Single(await Store.Contacts.UpsertAsync(Some.Organization, [Some.Upsert(1)], ContactUpdateMode.Fill, revive: false, Cancellation));
        Assert.Equal((id, Now, false), (kept.Contact.Id, kept.Contact.DeletedAt, kept.Created));

        var revived = Assert.Single(await Store.Contacts.UpsertAsync(Some.Organization, [Some.Upsert(1)], ContactUpdateMode.Fill, revive: true, Cancellation));
        Assert.Equal((id, null, true), (revived.Contact.Id, revived.Contact.DeletedAt, revived.Created));
        Assert.Null((await FindAsync(id))!.DeletedAt);
    }

    [Fact]
    public async Task Deleted_contacts_are_found_by_id_and_number_and_in_no_listing()
    {
        var id = Assert.Single(await UpsertAsync(Some.Upsert(1))).Contact.Id;
        await Store.Contacts.UpdateAsync(Some.Organization, id, c => c with { DeletedAt = Now }, Cancellation);

        Assert.NotNull(await FindAsync(id));
        Assert.Single(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(1)], Cancellation));
        Assert.Equal(0, (await ListAsync()).Total);
        Assert.Empty(await StreamAsync(null));
        Assert.Null(await Store.Contacts.UpdateAsync(Some.Organization, id, c => c with { Name = "x" }, Cancellation));
    }

    [Fact]
    public async Task A_number_belongs_to_one_contact_of_an_organization()
    {
        var results = await UpsertAsync(Some.Upsert(1), Some.Upsert(2));
        var (first, second) = (results[0].Contact, results[1].Contact);

        await Assert.ThrowsAsync<DuplicateNumberException>(
            () => Store.Contacts.UpdateAsync(Some.Organization, first.Id, c => c with { WhatsAppId = second.WhatsAppId }, Cancellation));
        Assert.Equal(Some.Text(first), Some.Text(await FindAsync(first.Id)));

        await Store.Contacts.UpdateAsync(Some.Organization, first.Id, c => c with { WhatsAppId = Some.Number(3) }, Cancellation);
        Assert.Empty(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(1)], Cancellation));
        Assert.Equal(first.Id, Assert.Single(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(3)], Cancellation)).Id);
    }

    [Fact]
    public async Task A_change_that_throws_changes_nothing()
    {
        var contact = Assert.Single(await UpsertAsync(Some.Upsert(1))).Contact;

        await Assert.ThrowsAsync<FormatException>(
            () => Store.Contacts.UpdateAsync(Some.Organization, contact.Id, _ => throw new FormatException(), Cancellation));

        Assert.Equal(Some.Text(contact), Some.Text(await FindAsync(contact.Id)));
        Assert.True((await UpsertAsync(Some.Upsert(2)))[0].Created);
    }

    [Fact]
    public async Task Eight_upserts_of_the_same_people_at_once_create_each_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => UpsertAsync([.. Enumerable.Range(0, 50).Select(Some.Upsert)]), Cancellation)));

        Assert.Equal(50, results.SelectMany(r => r).Count(r => r.Created));
        Assert.Equal(50, results.SelectMany(r => r).Select(r => r.Contact.Id).Distinct().Count());
    }

    [Fact]
    public async Task Organizations_never_meet()
    {
        var contact = Assert.Single(await UpsertAsync(Some.Upsert(1))).Contact;

        var other = Assert.Single(await Store.Contacts.UpsertAsync(Some.OtherOrganization, [Some.Upsert(1)], ContactUpdateMode.Fill, revive: false, Cancellation));

        Assert.True(other.Created);
        Assert.NotEqual(contact.Id, other.Contact.Id);
        Assert.Empty(await Store.Contacts.FindAsync(Some.OtherOrganization, [contact.Id], Cancellation));
        Assert.Null(await Store.Contacts.UpdateAsync(Some.OtherOrganization, contact.Id, c => c with { Name = "x" }, Cancellation));
        Assert.Equal([contact.Id], (await ListAsync()).Items.Select(c => c.Id));
        Assert.Equal([contact.Id], (await StreamAsync(null)).Select(c => c.Id));
    }

    [Fact]
    public async Task Finding_leaves_out_the_unknown_and_takes_each_once()
    {
        var contact = Assert.Single(await UpsertAsync(Some.Upsert(1))).Contact;

        Assert.Single(await Store.Contacts.FindAsync(Some.Organization, [contact.Id, ContactId.New(Clock), contact.Id], Cancellation));
        Assert.Single(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(1), "0", Some.Number(1)], Cancellation));
        Assert.Empty(await Store.Contacts.FindAsync(Some.Organization, [], Cancellation));
    }

    [Fact]
    public async Task Ids_are_found_by_number_of_those_who_are_not_deleted()
    {
        var contacts = (await UpsertAsync([.. Enumerable.Range(0, 60).Select(Some.Upsert)])).Select(r => r.Contact).ToList();
        await Store.Contacts.UpdateAsync(Some.Organization, contacts[1].Id, c => c with { DeletedAt = Now }, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, contacts[2].Id, c => c with { WhatsAppId = Some.Number(70) }, Cancellation);

        var asked = Enumerable.Range(0, 50).Append(70).Append(0).Select(Some.Number).Append("").Append("0").ToList();
        var found = await Store.Contacts.FindIdsByNumberAsync(Some.Organization, asked, Cancellation);

        var expected = Enumerable.Range(0, 50).Where(i => i is not (1 or 2)).ToDictionary(Some.Number, i => contacts[i].Id);
        expected[Some.Number(70)] = contacts[2].Id;
        Assert.Equal(expected, found);
        Assert.Empty(await Store.Contacts.FindIdsByNumberAsync(Some.OtherOrganization, asked, Cancellation));
        Assert.Empty(await Store.Contacts.FindIdsByNumberAsync(Some.Organization, [], Cancellation));

        await Store.Contacts.UpsertAsync(Some.Organization, [Some.Upsert(1)], ContactUpdateMode.Fill, revive: true, Cancellation);
        Assert.Equal(contacts[1].Id, Assert.Single(await Store.Contacts.FindIdsByNumberAsync(Some.Organization, [Some.Number(1)], Cancellation)).Value);
    }

    [Theory]
    [InlineData("ÁGUA", 1)]
    [InlineData("900000002", 1)]
    [InlineData("EXAMPLE.ORG", 2)]
    [InlineData("%", 0)]
    [InlineData("nobody", 0)]
    public async Task Text_is_found_in_name_number_and_email_whatever_its_case(string text, int expected)
    {
        await UpsertAsync(
            Some.Upsert(1) with { Name = "Tomás água-viva", Email = "a@example.org" },
            Some.Upsert(2) with { Name = null, Email = "b@Example.org" },
            Some.Upsert(3));

        var page = await Store.Contacts.ListAsync(Some.Organization, text, null, new(), Cancellation);

        Assert.Equal((expected, expected), (page.Total, page.Items.Count));
    }

    [Fact]
    public async Task A_tag_is_found_as_it_is_written()
    {
        await UpsertAsync(Some.Upsert(1) with { Tags = ["gold", "new"] }, Some.Upsert(2) with { Tags = ["golden"] }, Some.Upsert(3));

        var page = await Store.Contacts.ListAsync(Some.Organization, null, "gold", new(), Cancellation);

        Assert.Equal(Some.Number(1), Assert.Single(page.Items).WhatsAppId);
        Assert.Equal(1, page.Total);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("person")]
    public async Task Pages_by_cursor_and_by_number_leave_nobody_out_and_repeat_nobody(string? text)
    {
        var all = (await ContactsAsync(25)).Select(c => c.Id).ToHashSet();

        var byCursor = new List<ContactId>();
        var page = await Store.Contacts.ListAsync(Some.Organization, text, null, new(10), Cancellation);
        byCursor.AddRange(page.Items.Select(c => c.Id));
        while (page.NextCursor is { } cursor)
        {
            Assert.Equal(25, page.Total);
            page = await Store.Contacts.ListAsync(Some.Organization, text, null, new(10, Cursor: cursor), Cancellation);
            byCursor.AddRange(page.Items.Select(c => c.Id));
        }

        var byNumber = new List<ContactId>();
        for (var number = 1; number <= 4; number++)
        {
            byNumber.AddRange((await Store.Contacts.ListAsync(Some.Organization, text, null, new(10, number), Cancellation)).Items.Select(c => c.Id));
        }

        Assert.Equal(byCursor, byNumber);
        Assert.Equal(all, byCursor.ToHashSet());
        Assert.Equal(25, byCursor.Count);
    }

    [Fact]
    public async Task The_last_full_page_says_that_it_is_the_last()
    {
        await ContactsAsync(10);

        Assert.Null((await Store.Contacts.ListAsync(Some.Organization, null, null, new(10), Cancellation)).NextCursor);
        Assert.Null((await ListAsync()).NextCursor);
    }

    [Fact]
    public async Task A_stream_goes_by_id_and_on_after_any_of_them()
    {
        await ContactsAsync(2_100);

        var all = (await StreamAsync(null)).Select(c => c.Id).ToList();
        var rest = (await StreamAsync(all[1_049])).Select(c => c.Id);

        Assert.Equal(2_100, all.Distinct().Count());
        Assert.Equal(all.Skip(1_050), rest);
        Assert.Equal(all.Take(500), (await Store.Contacts.ListAsync(Some.Organization, null, null, new(500), Cancellation)).Items.Select(c => c.Id));
    }

    [Fact]
    public async Task Conversations_are_found_by_channel_with_the_first_and_the_last_time_the_person_wrote()
    {
        var people = await ContactsAsync(3);
        await WroteAsync(Some.Channel, people[0].Id, Now);
        await WroteAsync(Some.Channel, people[0].Id, Now.AddHours(-1));
        await WroteAsync("another line", people[1].Id, Now);

        var found = await Store.Contacts.FindConversationsAsync(Some.Channel, [.. people.Select(p => p.Id)], Cancellation);

        Assert.Equal(KeyValuePair.Create(people[0].Id, new Conversation(Now.AddHours(-1), Now)), Assert.Single(found));
        Assert.Empty(await Store.Contacts.FindConversationsAsync(Some.Channel, [], Cancellation));
    }

    // Of everybody a dozen messages within a week, told in any order.
    [Fact]
    public async Task Conversations_begin_where_a_day_had_passed_without_a_word()
    {
        var people = await ContactsAsync(200);
        var random = new Random(7);
        var expected = new Dictionary<ContactId, Conversation>();
        for (var round = 0; round < 12; round++)
        {
            var wrote = people.ToDictionary(p => p.Id, _ => Now.AddHours(random.Next(7 * 24)).AddTicks(random.Next(-1, 2)));
            await Store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, wrote, Cancellation);
            foreach (var (person, at) in wrote)
            {
                expected[person] = expected.TryGetValue(person, out var known) ? known.With(at) : new(at, at);
            }
        }

        await ReopenAsync();
        var found = await Store.Contacts.FindConversationsAsync(Some.Channel, [.. people.Select(p => p.Id)], Cancellation);

        Assert.Equal(expected.OrderBy(c => c.Key.Value), found.OrderBy(c => c.Key.Value));
        Assert.InRange(found.Values.Count(c => c.Since == c.At), 10, 100);
    }

    [Fact]
    public async Task Conversations_of_many_are_noted_at_once_each_with_its_newest_instant()
    {
        var people = await ContactsAsync(1_000);
        var first = people.Take(600).ToDictionary(p => p.Id, _ => Now);
        await Store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, first, Cancellation);
        var second = people.Select((p, at) => (p.Id, At: at % 2 == 0 ? Now.AddSeconds(at + 1) : Now.AddSeconds(-at))).ToDictionary(p => p.Id, p => p.At);
        await Store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, second, Cancellation);
        await Store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, new Dictionary<ContactId, DateTimeOffset>(), Cancellation);

        var found = await Store.Contacts.FindConversationsAsync(Some.Channel, [.. people.Select(p => p.Id)], Cancellation);

        Assert.Equal(
            people.ToDictionary(p => p.Id, p => first.TryGetValue(p.Id, out var at) ? new Conversation(at, at).With(second[p.Id]) : new(second[p.Id], second[p.Id])), found);
        var tooMany = Enumerable.Range(0, 1_001).ToDictionary(_ => ContactId.New(Clock), _ => Now);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, tooMany, Cancellation));
    }

    [Fact]
    public async Task Two_nodes_note_the_same_conversations_at_once()
    {
        var people = await ContactsAsync(500);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(round => Task.Run(() => Store.Contacts.TouchConversationsAsync(
            Some.Organization, Some.Channel, (round % 2 == 0 ? people : people.Reverse()).ToDictionary(p => p.Id, _ => Now.AddSeconds(round)), Cancellation))));

        var found = await Store.Contacts.FindConversationsAsync(Some.Channel, [.. people.Select(p => p.Id)], Cancellation);

        Assert.Equal(500, found.Count);
        Assert.All(found.Values, c => Assert.Equal(new(Now, Now.AddSeconds(15)), c));
    }

    private Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(params IReadOnlyList<ContactUpsert> upserts) =>
        Store.Contacts.UpsertAsync(Some.Organization, upserts, ContactUpdateMode.Fill, revive: false, Cancellation);

    private async Task<Contact?> FindAsync(ContactId id) => (await Store.Contacts.FindAsync(Some.Organization, [id], Cancellation)).SingleOrDefault();

    private Task<Page<Contact>> ListAsync() => Store.Contacts.ListAsync(Some.Organization, null, null, new(), Cancellation);

    private static ContactUpsert Fields(int index, params IEnumerable<string> names) =>
        Some.Upsert(index) with { CustomFields = names.ToDictionary(n => n, object? (n) => "v", StringComparer.Ordinal) };

    private async Task<List<Contact>> StreamAsync(ContactId? after)
    {
        var contacts = new List<Contact>();
        await foreach (var contact in Store.Contacts.StreamAsync(Some.Organization, after, Cancellation))
        {
            contacts.Add(contact);
        }

        return contacts;
    }
}
